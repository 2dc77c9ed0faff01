import Testing

@testable import Telnet

@Suite struct LoginTests {
    private func bytes(_ text: String) -> [UInt8] { Router.bytes(text) }

    @Test(arguments: Pieces.all) func aPasswordIsEnough(_ pieces: Pieces) throws {
        let outcome = try Conversation.run(Router.login(), pieces)
        #expect(outcome.secrets == ["hirake-goma\r"])
        #expect(outcome.error == nil)
        let banner = try #require(outcome.banner)
        #expect(banner.hasPrefix("RTX1200 Rev.10.01.76 (Fri Apr 13 11:12:13 2018)\n"))
        #expect(
            banner.hasSuffix(
                "<some@body.example>\n00:53:00:00:00:01, 00:53:00:00:00:02, 00:53:00:00:00:03, \nMemory 128Mbytes, 3LAN, 1BRI\n"
            )
        )
    }

    @Test(arguments: Pieces.all) func aNamedUserLogsInAfterAnEmptyPassword(_ pieces: Pieces) throws {
        let steps: [Step] = [
            .peer(Router.password), .sent("\r"), .peer(bytes("\r\n\r\nUsername: ")), .sent("monitor\r"),
            .peer(bytes("monitor\r\nPassword: ")), .sent("hirake-goma\r"), .peer(Router.banner + bytes("RTX1200> ")),
        ]
        let outcome = try Conversation.run(steps, pieces, options: options { $0.username = "monitor" })
        #expect(outcome.banner != nil)
        #expect(outcome.secrets == ["hirake-goma\r"])
    }

    @Test(arguments: Pieces.all) func aLoginProgramAsksForTheNameFirst(_ pieces: Pieces) throws {
        let last = "Last login: Mon Sep  9 15:23:58 UTC 2024 from 192.0.2.1 on pts/0\r\n"
        let steps: [Step] = [
            .peer(bytes("\r\nLinux 6.1 (host.example) (pts/0)\r\n\r\nhost login: ")), .sent("monitor\r"),
            .peer(bytes("monitor\r\nPassword: ")), .sent("hirake-goma\r"), .peer(bytes("\r\n" + last + "host$ ")),
        ]
        let changed = options {
            $0.username = "monitor"
            $0.prompt = "$ "
        }
        let outcome = try Conversation.run(steps, pieces, options: changed)
        #expect(outcome.banner?.hasPrefix("Last login: Mon") == true)
        #expect(outcome.error == nil)
    }

    @Test(arguments: Pieces.all) func theAdministratorsPasswordFollows(_ pieces: Pieces) throws {
        let steps: [Step] =
            Router.login() + [
                .sent("administrator\r"), .peer(bytes("administrator \r\nPassword: ")), .sent("kagi\r"),
                .peer(bytes("\r\n# ")), .command("show status dhcp"),
                .peer(bytes("show status dhcp\r\nDHCP\r\n# ")),
            ]
        let outcome = try Conversation.run(steps, pieces, options: options { $0.administratorPassword = "kagi" })
        #expect(outcome.secrets == ["hirake-goma\r", "kagi\r"])
        #expect(outcome.banner?.hasPrefix("RTX1200 Rev") == true)
        #expect(outcome.outputs == ["DHCP\n"])
    }

    @Test func aPeerWithoutLoginIsReadyAtItsPrompt() throws {
        let outcome = try Conversation.run(
            [.peer(bytes("Welcome\r\ntool> "))],
            options: options { $0.prompt = "tool> " }
        )
        #expect(outcome.banner == "Welcome\n")
        #expect(outcome.sent == [])
    }

    @Test(arguments: [
        "\r\nError: Incorrect password\r\n", "\r\nLogin incorrect\r\n", "\r\nエラー：パスワードが間違っています\r\n",
    ])
    func aWrongPasswordEndsTheSession(_ text: String) throws {
        for encoding in Encoding.all {
            let outcome = try Conversation.run([.peer(Router.password), .peer(encoding.bytes(text))])
            let reason = text.trimmingCRLF
            #expect(outcome.error?.text == "login failed: \"\(reason)\"")
            #expect(outcome.isClosed)
        }
    }

    @Test func aRepeatedQuestionMeansThatThePasswordIsWrong() throws {
        let outcome = try Conversation.run([.peer(Router.password), .peer(bytes("\r\nPassword: "))])
        #expect(outcome.error?.text == "login failed: the peer asks for the password again")
        #expect(outcome.secrets.count == 1)
    }

    @Test func aWrongAdministratorsPasswordEndsTheSession() throws {
        for answer in ["\r\nError: Incorrect password\r\n> ", "\r\nエラー：パスワードが間違っています\r\n> "] {
            let steps = Router.login() + [.peer(bytes("administrator\r\nPassword: ")), .peer(bytes(answer))]
            let outcome = try Conversation.run(steps, options: options { $0.administratorPassword = "kagi" })
            #expect(outcome.error?.text.hasPrefix("administrator refused: \"") == true)
            #expect(outcome.banner == nil)
        }
    }

    @Test func aUserWhoMayNotBecomeAdministratorIsTold() throws {
        let answer = bytes("administrator\r\nError: Administrator use only\r\n> ")
        let steps = Router.login() + [.peer(answer)]
        let outcome = try Conversation.run(steps, options: options { $0.administratorPassword = "kagi" })
        #expect(outcome.error?.text == "administrator refused: \"Error: Administrator use only\"")
    }

    @Test func aUserNameHasToFitThePeer() throws {
        let missing = try Conversation.run([.peer(bytes("login: "))])
        #expect(missing.error == .usernameMissing)
        let steps: [Step] = [.peer(Router.password), .peer(bytes("\r\nPassword: "))]
        let superfluous = try Conversation.run(steps, options: options { $0.username = "monitor" })
        #expect(superfluous.error == .usernameNotAskedFor)
        #expect(superfluous.secrets == [])
    }

    @Test func aRefusedSessionSaysWhy() throws {
        let outcome = try Conversation.run([.peer(bytes("Too many sessions\r\nBye\r\n")), .hangUp])
        #expect(outcome.error?.text == "session refused: \"Too many sessions\"")
    }

    @Test func aBannerMayTalkOfRefusal() throws {
        let warning = "Access denied to everybody else. Login failed attempts: 0\r\n"
        let steps: [Step] = [.peer(bytes(warning) + Router.password), .peer(Router.banner + bytes("> "))]
        #expect(try Conversation.run(steps).error == nil)
    }

    @Test(arguments: Pieces.all) func aBannerMayLookLikeAQuestion(_ pieces: Pieces) throws {
        let banner = bytes("\r\nPassword: never expires\r\nUsername: monitor\r\n# of users: 1\r\n> ")
        let outcome = try Conversation.run([.peer(Router.password), .peer(banner)], pieces)
        #expect(outcome.error == nil)
        #expect(outcome.banner == "Password: never expires\nUsername: monitor\n# of users: 1\n")
    }

    @Test func theLastLoginIsNoQuestion() {
        #expect(LoginText.question(bytes("Last login: ")) == nil)
        #expect(LoginText.question(bytes("login: "))?.isCertain == true)
        #expect(LoginText.question(bytes("host login: "))?.isCertain == false)
        #expect(LoginText.question(bytes("login: x")) == nil)
    }

    @Test func aLineThatIsNoPromptIsNotLearned() throws {
        let prompt = Prompt(given: nil)
        for line in ["> ", "# ", "RTX1200> ", "RTX1200# ", "user@host>", "my router> "] {
            #expect(try prompt.match(bytes(line)[...]) { Array($0) } != nil)
        }
        let long = String(repeating: "a", count: 98)
        for line in ["# comment# ", " > ", "a>  ", "a> b", "", " ", long + "> ", "## "] {
            #expect(try prompt.match(bytes(line)[...]) { Array($0) } == nil)
        }
    }

    @Test func optionsAreChecked() {
        let cases: [(String, (inout TelnetOptions) -> Void)] = [
            ("password must not contain control characters", { $0.password = "a\rb" }),
            ("user name must not contain control characters", { $0.username = "a\n" }),
            ("columns must be between 0 and 65535, got -1", { $0.columns = -1 }),
            ("terminal must be 1 to 40 printable characters of ASCII", { $0.terminal = "" }),
            ("prompt must be 1 to 99 bytes without control characters", { $0.prompt = "" }),
        ]
        for (text, change) in cases {
            let error = #expect(throws: TelnetError.self) { try TelnetSession(options(change)) }
            #expect(error?.text == text)
        }
    }
}

extension String {
    fileprivate var trimmingCRLF: String { filter { $0 != "\r\n" } }
}
