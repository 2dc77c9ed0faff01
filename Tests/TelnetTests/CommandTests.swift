import Testing

@testable import Telnet

@Suite struct CommandTests {
    private func bytes(_ text: String) -> [UInt8] { Router.bytes(text) }

    private func outputs(_ steps: [Step], _ pieces: Pieces = .whole) throws -> [String] {
        let outcome = try Conversation.run(steps, pieces)
        #expect(outcome.error == nil)
        return outcome.outputs
    }

    @Test(arguments: Pieces.all) func theEchoAndThePromptAreTakenOff(_ pieces: Pieces) throws {
        for echo in [
            "show arp\r\n", "show arp \r\n", "show arp\r", "show arp \n", "show arp\r\r\n", "show arp \u{8} \u{8}\r\n",
            "",
        ] {
            let steps =
                Router.login() + [
                    .sent(""), .command("show arp"), .sent("show arp\r"), .peer(bytes(echo + "first\r\nsecond\r\n> ")),
                ]
            #expect(try outputs(steps, pieces) == ["first\nsecond\n"])
        }
    }

    @Test(arguments: Pieces.all) func aWrappedEchoIsTakenOff(_ pieces: Pieces) throws {
        for wrap in ["\r\n", " \r", "\r"] {
            let command = "show something with a very long list of parameters"
            let echo = "show something with a very lo" + wrap + "ng list of parameters \r\n"
            let steps = Router.login() + [.command(command), .peer(bytes(echo + "x\r\n> "))]
            #expect(try outputs(steps, pieces) == ["x\n"])
        }
    }

    @Test(arguments: Pieces.all) func aSecondPromptIsNotTheNextAnswer(_ pieces: Pieces) throws {
        let steps =
            Router.login() + [
                .peer(bytes("\r\n> ")),
                .command("show a"), .peer(bytes("show a\r\nA\r\n> ")), .peer(bytes("\r\n> ")),
                .command("show b"), .peer(bytes("\r\n> ")), .peer(bytes("show b\r\nB\r\n> \r\n> ")),
                .command("show c"), .peer(bytes("\r\n> show c\r\nC\r\n> ")),
            ]
        #expect(try outputs(steps, pieces) == ["A\n", "B\n", "C\n"])
    }

    @Test(arguments: Pieces.all) func anOldPromptIsNotTheFirstAnswer(_ pieces: Pieces) throws {
        let steps = Router.login() + [.command("show a"), .peer(bytes("\r\n> show a\r\nA\r\n> "))]
        #expect(try outputs(steps, pieces) == ["A\n"])
    }

    @Test(arguments: Pieces.all) func linesOfAConfigurationAreNoPrompt(_ pieces: Pieces) throws {
        let text =
            "# RTX1200 Rev.10.01.76\r\n# MAC Address : 00:53:00:00:00:01\r\n# \r\nip route default gateway pp 1\r\n# end# \r\nx > \r\n"
        let answer = bytes("show config\r\n" + text + "# ")
        let steps = Router.login(prompt: "# ") + [.command("show config"), .peer(answer)]
        #expect(try outputs(steps, pieces) == [text.replacing("\r\n", with: "\n")])
    }

    @Test(arguments: Pieces.all) func aConsolePromptIsKnownAgain(_ pieces: Pieces) throws {
        let steps =
            Router.login(prompt: "RTX1200> ") + [
                .command("show a"), .peer(bytes("show a\r\n> no prompt\r\n> \r\n# \r\nRTX1201> \r\nRTX1200> ")),
                .command("pp select 1"), .peer(bytes("pp select 1\r\nRTX1200pp1# ")),
                .command("show b"), .peer(bytes("show b\r\nB\r\npp1# ")),
            ]
        #expect(try outputs(steps, pieces) == ["> no prompt\n> \n# \nRTX1201> \n", "", "B\n"])
    }

    @Test(arguments: Pieces.all) func aGivenPromptEndsTheAnswer(_ pieces: Pieces) throws {
        let changed = options { $0.prompt = "$ " }
        let steps: [Step] = [
            .peer(bytes("user@host:~$ ")), .command("echo 5"), .peer(bytes("echo 5\r\n5\r\nuser@host:~$ ")),
            .command("printf 7"), .peer(bytes("printf 7\r\n7user@host:~$ ")),
        ]
        #expect(try Conversation.run(steps, pieces, options: changed).outputs == ["5\n", "7\n"])
    }

    @Test(arguments: Pieces.all) func whatATerminalWouldNotShowIsTakenOff(_ pieces: Pieces) throws {
        let answer = bytes(
            "\u{1B}[1mbold\u{1B}[0m\u{1B}]0;title\u{7}\r\nabc\rX\r\nabc\u{8}\u{8}Y\u{7}\r\n\u{1B}(Bz\r\n\u{1B}[3\r\nq\r\n"
        )
        #expect(try outputs(Router.exchange("show x", answer), pieces) == ["bold\nXbc\naYc\nz\n\nq\n"])
    }

    /// As bash behind Debian's telnetd sends it: bracketed paste off and on, and a CR NUL before the output.
    @Test(arguments: Pieces.all) func aShellWithLineEditingIsUnderstood(_ pieces: Pieces) throws {
        let on = "\u{1B}[?2004hbash-5.2# "
        let off = "\u{1B}[?2004l\r\0"
        let steps: [Step] = [
            .peer(bytes("\r\nLinux 6.1 (host.example) (pts/0)\r\n\r\n" + on)),
            .command("printf abc"), .peer(bytes("printf abc\r\n" + off + "abc" + on)),
            .command("echo one"), .peer(bytes("echo one\r\n" + off + "one\r\n" + on)),
        ]
        let outcome = try Conversation.run(steps, pieces, options: options { $0.prompt = "# " })
        #expect(outcome.outputs == ["abc\n", "one\n"])
    }

    @Test(arguments: Pieces.all) func anUnknownPagersTraceIsWipedOut(_ pieces: Pieces) throws {
        let answer = bytes("one\r\n[any key]\r         \rtwo\r\n")
        #expect(try outputs(Router.exchange("show x", answer), pieces) == ["one\ntwo\n"])
    }

    @Test func anEmptyAnswerIsEmpty() throws {
        #expect(try outputs(Router.exchange("nothing", [])) == [""])
        #expect(try outputs(Router.login() + [.command("nothing"), .peer(bytes("> "))]) == [""])
    }

    @Test func twoCommandsAtOnceAreRefused() throws {
        var session = try Conversation(.router, .whole)
        let early = #expect(throws: TelnetError.self) { try session.take(.command("a")) }
        #expect(early?.text == "the session takes no command: the login is not complete")
        for step in Router.login() + [.command("show a")] { try session.take(step) }
        let second = #expect(throws: TelnetError.self) { try session.take(.command("b")) }
        #expect(second?.text == "the session takes no command: \"show a\" is being answered")
        try session.take(.hangUp)
        let late = #expect(throws: TelnetError.self) { try session.take(.command("c")) }
        #expect(late?.text == "the session takes no command: it has ended")
    }

    @Test func commandsThatAreNotOneLineAreRefused() throws {
        var session = try Conversation(.router, .whole)
        for step in Router.login() { try session.take(step) }
        for text in ["", "a\rb", "a\nb", "a\u{0}", "a\u{3}", "a\u{85}", "表示", String(repeating: "a", count: 1001)] {
            let error = #expect(throws: TelnetError.self) { try session.take(.command(text)) }
            #expect(error?.text.hasPrefix("a command must") == true)
        }
        try session.take(.command("show a"))
    }

    @Test func anIACInACommandIsDoubled() {
        #expect(NegotiationParser.escape(bytes("é")) == bytes("é"))
        #expect(NegotiationParser.escape([0x61, 0xFF]) == [0x61, 0xFF, 0xFF])
    }
}
