import Testing

@testable import Telnet

@Suite struct FailureTests {
    private func bytes(_ text: String) -> [UInt8] { Router.bytes(text) }

    private func text(_ steps: [Step], _ options: TelnetOptions = .router) throws -> String? {
        let outcome = try Conversation.run(steps, options: options)
        #expect(outcome.isClosed)
        return outcome.error?.text
    }

    @Test func aTimeoutSaysWhatWasAwaited() throws {
        let named = options {
            $0.username = "monitor"
            $0.administratorPassword = "kagi"
        }
        let asked: [Step] = [.peer(bytes("login: ")), .peer(bytes("monitor\r\n"))]
        let admin = asked + [.peer(bytes("Password: ")), .peer(bytes("\r\nhello\r\n> "))]
        let cases: [(TelnetOptions, [Step], String)] = [
            (.router, [], "the password prompt; nothing was received"),
            (named, [], "the login prompt; nothing was received"),
            (.router, [.peer(bytes("Hello\r\nthere\r\n"))], "the password prompt; last received \"there\""),
            (named, [.peer(Router.password)], "the user name prompt; last received \"Password:\""),
            (named, asked, "the password prompt; last received \"monitor\""),
            (.router, [.peer(Router.password)], "the command prompt; last received \"Password:\""),
            (named, admin, "the administrator's password prompt; last received \">\""),
            (
                named, admin + [.peer(bytes("administrator\r\nPassword: "))],
                "the administrator's command prompt; last received \"Password:\""
            ),
            (
                .router, Router.login() + [.command("show a"), .peer(bytes("show a\r\none\r\ntw"))],
                "the end of the answer to \"show a\"; last received \"tw\""
            ),
        ]
        for (options, steps, expected) in cases {
            #expect(try text(steps + [.timeout], options) == "timed out waiting for \(expected)")
            let closed = "the peer closed the connection while waiting for \(expected)"
            #expect(try text(steps + [.hangUp], options) == closed)
        }
    }

    @Test func aDeadlineDuringTheSilenceAfterThePromptIsInTime() throws {
        for last in [Step.timeout, .hangUp] {
            var session = try Conversation(.router, .whole)
            for step in Router.login(prompt: "# ") + [.command("show a")] { try session.take(step) }
            var inner = session.session
            #expect(inner.receive(bytes("show a\r\nA\r\n# ")) == [.awaitQuiet])
            let actions = if case .timeout = last { inner.timedOut() } else { inner.connectionClosed() }
            #expect(actions.first == .output("A\n"))
            #expect(inner.isFinished == (actions.last == .close))
        }
    }

    @Test func negotiationDoesNotForgetTheSilence() throws {
        var session = try TelnetSession(.router)
        #expect(session.receive(bytes("hello> ")) == [.awaitQuiet])
        #expect(session.receive([255, 241]) == [.awaitQuiet])
        #expect(session.quiet() == [.loggedIn(banner: "")])
        #expect(session.quiet() == [])
    }

    @Test func noErrorShowsThePassword() throws {
        let secret = "hirake-goma"
        let starts: [[Step]] = [[], [.peer(Router.password)], Router.login() + [.command("show a")]]
        for start in starts {
            for received in ["you said \(secret)", "you said \(secret)\r\n", secret, "\(secret) denied", "hirake-go"] {
                for end in [Step.timeout, .hangUp] {
                    let text = try #require(try text(start + [.peer(bytes(received)), end]))
                    #expect(!text.contains(secret))
                }
            }
        }
        let error = "\r\nError: Incorrect password \"\(secret)\"\r\n"
        let failure = try text([.peer(Router.password), .peer(bytes(error))])
        #expect(failure == "login failed: \"Error: Incorrect password \"<secret>\"\"")
        let partial = try text([.peer(Router.password), .peer(bytes("hirake")), .timeout])
        #expect(partial == "timed out waiting for the command prompt; last received \"Password:\"")
    }

    @Test func aLongLineIsCutInTheText() throws {
        let error = try text([.peer(bytes(String(repeating: "漢", count: 1000))), .timeout])
        let shown = String(repeating: "漢", count: 26)
        #expect(error == "timed out waiting for the password prompt; last received \"\(shown)...\"")
    }

    @Test func aLineWithoutEndIsAnError() throws {
        let endless = [UInt8](repeating: 0x61, count: (64 << 10) + 1)
        #expect(try text([.peer(endless)]) == "a line must not be longer than 65536 bytes")
        #expect(
            try text(Router.login() + [.command("show a"), .peer(endless)])
                == "a line must not be longer than 65536 bytes"
        )
    }

    @Test func tooMuchIsAnError() throws {
        let lines = bytes(String(repeating: "a line of text\r\n", count: (1 << 20) / 16 + 1))
        #expect(
            try text([.peer(lines)]) == "what is sent before the prompt must not be longer than 65536 bytes"
        )
        #expect(
            try text(Router.login() + [.command("show a"), .peer(lines)])
                == "the answer to \"show a\" must not be longer than 1048576 bytes"
        )
    }

    @Test func aFloodEndsTheSession() throws {
        let flood = [[UInt8]](repeating: [255, 253, 99], count: 3000).flatMap(\.self)
        #expect(try text([.peer(flood)]) == "more than 2000 telnet commands in a row")
    }

    @Test func aConnectionThatBrokeSaysWhy() throws {
        var session = try TelnetSession(.router)
        _ = session.receive(bytes("hello"))
        let error = TelnetError.broken(reason: "connection reset", awaiting: "the password prompt", last: "hello")
        #expect(session.connectionClosed("connection reset") == [.failed(error), .close])
        #expect(error.text == #"connection reset while waiting for the password prompt; last received "hello""#)
    }

    @Test func afterTheEndNothingHappens() throws {
        var session = try TelnetSession(.router)
        #expect(session.connectionClosed().last == .close)
        #expect(session.receive(Router.password) == [])
        #expect(session.quiet() == [] && session.timedOut() == [] && session.logout() == [])
        #expect(session.connectionClosed() == [])
    }
}
