/// A session with one peer: login, commands one at a time, logout.
///
/// It knows neither sockets nor clocks. Its owner connects, hands in what it receives, and carries out the actions that it
/// gets back. The peer's questions are answered where they stand at the end of what has been received, so that the same
/// bytes in other pieces give the same result.
package struct TelnetSession: Sendable {
    /// How long the peer has to be silent before `quiet()` is called.
    package static let quietPeriod = Duration.milliseconds(100)

    let options: TelnetOptions
    let excerpts: Excerpt
    var negotiation: NegotiationParser
    var escapes = EscapeFilter()
    var pager = PagerFilter()
    var decoder: TextDecoder
    var prompt: Prompt
    var screen = Screen()
    var stage = Stage.greeting
    var awaitsQuiet = false
    /// The last line of the screen that was cleared last.
    var previousLine: [UInt8] = []
    var login = LoginProgress()
    var answer = Answer()
    /// Whether the peer has echoed a command; from then on a prompt before the echo is an old one.
    var peerEchoes = false
    var exits = 0

    package init(_ options: TelnetOptions) throws(TelnetError) {
        try options.validate()
        self.options = options
        excerpts = Excerpt(options)
        negotiation = NegotiationParser(
            terminal: .init(name: options.terminal, columns: options.columns, rows: options.rows)
        )
        decoder = TextDecoder(options.charset)
        prompt = Prompt(given: options.prompt)
    }

    /// Whether a command may be given.
    package var isReady: Bool { stage == .ready }
    /// Bytes of what has come and was not handed on.
    package var size: Int { screen.bytes.count }
    package var isFinished: Bool { stage == .finished }

    /// Takes what has been received, cut at any place.
    package mutating func receive(_ bytes: [UInt8]) -> [TelnetAction] {
        act { session, actions throws(TelnetError) in try session.take(bytes, &actions) }
    }

    /// Nothing has been received for `quietPeriod` since `awaitQuiet` was asked for.
    package mutating func quiet() -> [TelnetAction] {
        guard awaitsQuiet else { return [] }
        awaitsQuiet = false
        return act { session, actions throws(TelnetError) in try session.proceed(isQuiet: true, &actions) }
    }

    /// The owner's deadline for the login, the answer or the logout has passed.
    package mutating func timedOut() -> [TelnetAction] {
        if awaitsQuiet, stage == .answer { return quiet() }
        guard stage != .ready else { return [] }
        return act { session, _ throws(TelnetError) in
            throw .timedOut(awaiting: session.awaited, last: session.excerpt)
        }
    }

    /// The peer has closed the connection, or it broke for a reason.
    package mutating func connectionClosed(_ reason: String? = nil) -> [TelnetAction] {
        guard stage != .ready else { return finish() }
        if awaitsQuiet, stage == .answer {
            let actions = quiet()
            return isFinished ? actions : actions + finish()
        }
        return act { session, _ throws(TelnetError) in throw session.closed(reason) }
    }

    /// Runs `body` unless the session has ended; an error ends it, silently when that was wanted anyway.
    mutating func act(
        _ body: (inout TelnetSession, inout [TelnetAction]) throws(TelnetError) -> Void
    ) -> [TelnetAction] {
        guard stage != .finished else { return [] }
        var actions: [TelnetAction] = []
        do throws(TelnetError) {
            try body(&self, &actions)
        } catch {
            if stage != .logout { actions.append(.failed(error)) }
            actions += finish()
        }
        return actions
    }

    mutating func awaitQuiet(_ actions: inout [TelnetAction]) {
        awaitsQuiet = true
        actions.append(.awaitQuiet)
    }

    mutating func finish() -> [TelnetAction] {
        guard stage != .finished else { return [] }
        stage = .finished
        awaitsQuiet = false
        screen.clear()
        return [.close]
    }

    private mutating func take(_ bytes: [UInt8], _ actions: inout [TelnetAction]) throws(TelnetError) {
        let received = try negotiation.receive(bytes)
        if !received.answers.isEmpty { actions.append(.send(received.answers, .negotiation)) }
        var text = escapes.filter(received.text)
        guard !text.isEmpty else {
            if awaitsQuiet { actions.append(.awaitQuiet) }
            return
        }
        awaitsQuiet = false
        // What comes unasked for between two commands, such as a second prompt, is of no use.
        guard stage != .ready else { return }
        if stage.isPaged { text = try turnPages(text, &actions) }
        try screen.append(text, lineLimit: options.limits.line)
        let limit = stage.isLogin ? options.limits.banner : options.limits.output
        guard screen.bytes.count <= limit else {
            throw stage.isLogin ? .bannerTooLong(limit: limit) : .answerTooLong(limit: limit, command: answer.command)
        }
        guard !pager.isHolding else { return }
        try proceed(isQuiet: false, &actions)
    }

    private mutating func turnPages(
        _ bytes: [UInt8],
        _ actions: inout [TelnetAction]
    ) throws(TelnetError) -> [UInt8] {
        let (text, markers) = pager.filter(bytes)
        for _ in 0..<markers {
            answer.pages += 1
            guard answer.pages <= options.limits.pages else {
                throw .tooManyPages(limit: options.limits.pages, command: answer.command)
            }
            actions.append(.send([0x20], .text))
        }
        return text
    }

    private mutating func proceed(isQuiet: Bool, _ actions: inout [TelnetAction]) throws(TelnetError) {
        switch stage {
        case .answer: try proceedWithAnswer(isQuiet: isQuiet, &actions)
        case .logout: try proceedWithLogout(&actions)
        case .ready, .finished: break
        default: try proceedWithLogin(isQuiet: isQuiet, &actions)
        }
    }

    /// Sends a line, ended by CR alone: with CR LF an RTX router shows two prompts.
    mutating func send(
        _ line: String,
        _ content: TelnetAction.Content,
        then next: Stage,
        _ actions: inout [TelnetAction]
    ) {
        if let line = screen.lastVisibleLine { previousLine = Array(line) }
        screen.clear()
        login.searched = 0
        pager = PagerFilter()
        stage = next
        actions.append(.send(NegotiationParser.escape(line.utf8) + [0x0D], content))
    }
}

extension TelnetSession {
    var awaited: String { stage.awaited(hasUsername: options.username != nil, command: Excerpt.cut(answer.command)) }

    /// The unfinished line in UTF-8; it counts for the search of the character set, but not for good.
    func decodeLast(_ line: ArraySlice<UInt8>) throws(TelnetError) -> [UInt8] {
        var decoder = decoder
        decoder.observe(line)
        return try decoder.decode(line)
    }

    /// The last line received, fit for an error text.
    var excerpt: String {
        // An unfinished first line after a password may be the start of its echo.
        let hidesLine = stage.followsSecret && screen.lineStart == 0
        let line = hidesLine ? previousLine[...] : screen.lastVisibleLine ?? previousLine[...]
        let text = try? decodeLast(line)
        return excerpts.text(of: text ?? [])
    }

    /// What a closed connection means here.
    private func closed(_ reason: String?) -> TelnetError {
        let last = excerpt
        let plain: TelnetError =
            if let reason {
                .broken(reason: reason, awaiting: awaited, last: last)
            } else {
                .closed(awaiting: awaited, last: last)
            }
        guard stage.isLogin else { return plain }
        if LoginText.isFailure(Array(last.utf8)) { return failure("\"\(last)\"") }
        if LoginText.isRefusal(Array(last.utf8)) { return .refused(last) }
        return login.refusal.map { .refused($0) } ?? plain
    }
}
