/// What the login has brought so far.
struct LoginProgress: Sendable {
    /// Up to where the screen has been searched for bad news.
    var searched = 0
    /// A line that may say why the peer is about to close the connection.
    var refusal: String?
    var banner = ""
}

extension TelnetSession {
    /// Reads on and answers the question at the end, if there is one.
    ///
    /// A question that stands alone on its line is answered at once during the login; whatever would end the session, or
    /// might be a part of the greeting, has to be followed by silence.
    mutating func proceedWithLogin(isQuiet: Bool, _ actions: inout [TelnetAction]) throws(TelnetError) {
        try searchLines()
        guard let line = screen.lastLine else { return }
        if let question = LoginText.question(try decodeLast(line)) {
            if isQuiet || question.isCertain && !stage.followsSecret {
                try reply(to: question.kind, &actions)
            } else {
                awaitQuiet(&actions)
            }
        } else if let match = try prompt.match(line, decode: decodeLast) {
            if isQuiet || stage.expectsAdministrator && match.isAdministrator {
                try arrive(at: match, line, &actions)
            } else {
                awaitQuiet(&actions)
            }
        }
    }

    /// Looks for the peer's bad news in the lines that are complete.
    private mutating func searchLines() throws(TelnetError) {
        while login.searched < screen.lineStart {
            let rest = screen.bytes[login.searched..<screen.lineStart]
            let end = rest.firstIndex(of: 0x0A).map { $0 + 1 } ?? rest.endIndex
            let line = screen.bytes[login.searched..<end]
            login.searched = end
            decoder.observe(line)
            let text = try decoder.decode(line)
            if LoginText.isRefusal(text) { login.refusal = login.refusal ?? excerpts.text(of: text) }
            if stage.judgesLogin, LoginText.isFailure(text) { throw failure("\"\(excerpts.text(of: text))\"") }
        }
    }

    func failure(_ reason: String) -> TelnetError {
        stage.expectsAdministrator ? .administratorRefused(reason) : .loginFailed(reason)
    }

    private mutating func reply(to kind: LoginText.Kind, _ actions: inout [TelnetAction]) throws(TelnetError) {
        switch (stage, kind) {
        case (.greeting, .password) where options.username != nil:
            send("", .text, then: .usernameQuestion, &actions)
        case (.greeting, .password), (.passwordQuestion, .password):
            send(options.password, .secret, then: .firstPrompt, &actions)
        case (.greeting, .username), (.usernameQuestion, .username):
            guard let username = options.username else { throw .usernameMissing }
            send(username, .text, then: .passwordQuestion, &actions)
        case (.usernameQuestion, .password): throw .usernameNotAskedFor
        case (.administratorQuestion, .password):
            send(options.administratorPassword ?? "", .secret, then: .administratorPrompt, &actions)
        case (_, .username): throw failure("the peer asks for the user name again")
        case (_, .password): throw failure("the peer asks for the password again")
        }
    }

    private mutating func arrive(
        at match: Prompt.Match,
        _ line: ArraySlice<UInt8>,
        _ actions: inout [TelnetAction]
    ) throws(TelnetError) {
        prompt.learn(line)
        if stage.expectsAdministrator {
            guard match.isAdministrator else { throw .administratorRefused(try reasonBeforePrompt()) }
        } else {
            login.banner = try banner()
            if options.administratorPassword != nil, !match.isAdministrator {
                return send("administrator", .text, then: .administratorQuestion, &actions)
            }
        }
        stage = .ready
        screen.clear()
        actions.append(.loggedIn(banner: login.banner))
    }

    /// What was received before the prompt, without blank lines at both ends.
    private func banner() throws(TelnetError) -> String {
        var lines = try answer.lines(screen.bytes[...], decoder).dropLast()
        while let first = lines.first, first.trimmed.isEmpty { lines.removeFirst() }
        while let last = lines.last, last.trimmed.isEmpty { lines.removeLast() }
        return Answer.text(Array(lines))
    }

    private func reasonBeforePrompt() throws(TelnetError) -> String {
        let lines = try answer.lines(screen.bytes[...], decoder).dropLast()
        guard let reason = lines.last(where: { !$0.trimmed.isEmpty }) else { return "the prompt is still the user's" }
        return "\"\(excerpts.text(of: reason))\""
    }
}

extension Stage {
    fileprivate var expectsAdministrator: Bool { self == .administratorQuestion || self == .administratorPrompt }

    /// Whether a text such as `incorrect password` is about what we sent.
    fileprivate var judgesLogin: Bool { self == .passwordQuestion || followsSecret }
}
