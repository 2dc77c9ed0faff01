import CharacterSets

extension TelnetSession {
    /// Sends a command; its answer comes as `output`.
    ///
    /// Fails when the session is not ready, or when the text is empty, has control characters, or is not ASCII while the peer
    /// is not known to read UTF-8.
    package mutating func command(_ text: String) throws(TelnetError) -> [TelnetAction] {
        guard stage == .ready else { throw .notReady(notReadyReason) }
        try check(text)
        answer = Answer(command: text)
        var actions: [TelnetAction] = []
        send(text, .text, then: .answer, &actions)
        return actions
    }

    private var notReadyReason: String {
        switch stage {
        case .answer: "\"\(answer.command)\" is being answered"
        case .logout, .finished: "it has ended"
        default: "the login is not complete"
        }
    }

    private func check(_ text: String) throws(TelnetError) {
        guard (1...options.limits.command).contains(text.utf8.count) else {
            throw .invalidCommand(
                "a command must have 1 to \(options.limits.command) bytes, got \(text.utf8.count)"
            )
        }
        guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw .invalidCommand("a command must not contain control characters")
        }
        guard sendsUTF8 || text.utf8.allSatisfy({ $0 < 0x80 }) else {
            throw .invalidCommand("a command must be ASCII unless the character set is utf-8")
        }
    }

    private var sendsUTF8: Bool { if case .fixed(let charset) = options.charset { charset.isUTF8 } else { false } }

    /// Ends the answer when the prompt has come.
    ///
    /// A prompt before the echo is left from the command before, when the peer is known to echo; when it is not, silence has
    /// to tell.
    mutating func proceedWithAnswer(isQuiet: Bool, _ actions: inout [TelnetAction]) throws(TelnetError) {
        if answer.echo == .undecided {
            answer.echo = Echo.find(Array(answer.command.utf8), in: screen.bytes, prompt: prompt.line)
            if case .found = answer.echo { peerEchoes = true }
        }
        guard let line = screen.lastLine, let match = try prompt.match(line, decode: decodeLast) else { return }
        let isEmpty = answer.echo == .undecided
        if isEmpty, peerEchoes { return }
        guard isQuiet || match.isCertain && !isEmpty else { return awaitQuiet(&actions) }
        let bytes = isEmpty ? [] : screen.bytes[answer.start...]
        decoder.observe(bytes)
        let text = try answer.text(bytes, decoder, prompt: prompt, columns: options.columns)
        stage = .ready
        screen.clear()
        actions.append(.output(text))
    }
}
