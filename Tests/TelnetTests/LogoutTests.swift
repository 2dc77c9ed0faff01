import Testing

@testable import Telnet

@Suite struct LogoutTests {
    private func bytes(_ text: String) -> [UInt8] { Router.bytes(text) }

    @Test(arguments: Pieces.all) func aUserExitsOnce(_ pieces: Pieces) throws {
        let steps = Router.login() + [.logout, .sent("exit\r"), .peer(bytes("exit\r\n")), .hangUp]
        let outcome = try Conversation.run(steps, pieces)
        #expect(outcome.isClosed && outcome.error == nil)
    }

    @Test(arguments: Pieces.all) func anAdministratorExitsTwiceAndSavesNothing(_ pieces: Pieces) throws {
        let steps =
            Router.login(prompt: "# ") + [
                .sent(""), .logout, .sent("exit\r"), .peer(bytes("exit\r\nSave new configuration ? (Y/N)")),
                .sent("N\r"),
                .peer(bytes("N\r\n> ")), .sent("exit\r"), .peer(bytes("exit\r\n")), .hangUp,
            ]
        let outcome = try Conversation.run(steps, pieces)
        #expect(outcome.isClosed && outcome.error == nil)
    }

    @Test func aPeerThatDoesNotGoIsLeft() throws {
        let prompts = [Step](repeating: .peer(bytes("exit\r\n> ")), count: 3)
        let stubborn = try Conversation.run(Router.login() + [.logout] + prompts)
        #expect(stubborn.isClosed && stubborn.error == nil)
        #expect(String(decoding: stubborn.sent, as: UTF8.self).hasSuffix("exit\rexit\rexit\r"))
        let silent = try Conversation.run(Router.login() + [.logout, .timeout])
        #expect(silent.isClosed && silent.error == nil)
        let endless = [UInt8](repeating: 0x61, count: 2 << 20)
        let talkative = try Conversation.run(Router.login() + [.logout, .peer(endless)])
        #expect(talkative.isClosed && talkative.error == nil)
    }

    @Test func whatIsGoingOnIsCutOff() throws {
        let outcome = try Conversation.run(Router.login() + [.command("show a"), .logout, .peer(bytes("x\r\n> "))])
        #expect(outcome.isClosed && outcome.error == nil && outcome.outputs.isEmpty)
        #expect(String(decoding: outcome.sent, as: UTF8.self).hasSuffix("show a\r"))
        #expect(try Conversation.run([.logout]).isClosed)
    }

    @Test func aPeerThatLogsUsOutBetweenCommandsIsNoError() throws {
        let outcome = try Conversation.run(
            Router.login() + [.peer(bytes("\r\nTimeout\r\n")), .hangUp, .hangUp, .timeout]
        )
        #expect(outcome.isClosed && outcome.error == nil)
    }
}
