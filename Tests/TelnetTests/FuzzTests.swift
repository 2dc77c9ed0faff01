import Testing

@testable import Telnet

@Suite struct FuzzTests {
    private static let tokens: [[UInt8]] = [
        [255], [255, 250], [255, 240], [255, 253, 24], [255, 251, 1], [255, 250, 24, 1, 255, 240], [13], [10],
        [13, 10],
        [0], [8], [27], Array("\u{1B}[2K".utf8), Array("\u{1B}]0;".utf8), [45], Array("---".utf8),
        Array("---more---".utf8), Array("--More--".utf8), Array("---つづく---".utf8), [0x82, 0xC2], [0x82],
        [0x83, 0x5C], [0x94, 0x5C, 0x81, 0x5B], [0xA4, 0xC4, 0xA4], [0xE3, 0x81], Array("漢字".utf8),
        Array("            ".utf8), [32], Array("text".utf8), Array("Password: ".utf8), Array("login: ".utf8),
        Array("\r\n> ".utf8), Array("\r\n# ".utf8), Array("RTX1200> ".utf8), Array("Login incorrect\r\n".utf8),
        Array("show a\r\n".utf8), Array("(Y/N)".utf8), Array(repeating: 0x41, count: 300),
    ]

    private func randomBytes(_ generator: inout Generator) -> [UInt8] {
        if Bool.random(using: &generator) {
            return (0..<Int.random(in: 0...200, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
        }
        return (0..<Int.random(in: 1...12, using: &generator)).flatMap { _ in
            Self.tokens.randomElement(using: &generator) ?? []
        }
    }

    private func act(_ session: inout TelnetSession, _ generator: inout Generator) -> [TelnetAction] {
        switch Int.random(in: 0..<100, using: &generator) {
        case 0: session.timedOut()
        case 1: session.connectionClosed()
        case 2: session.logout()
        case 3..<10: session.quiet()
        case 10..<20: (try? session.command("show a")) ?? []
        default: session.receive(randomBytes(&generator))
        }
    }

    @Test(arguments: 1...10) func noiseNeitherCrashesNorGrows(_ seed: UInt64) throws {
        var generator = Generator(seed: seed)
        for round in 0..<20 {
            let changed = options {
                $0.username = round % 3 == 0 ? "monitor" : nil
                $0.administratorPassword = round % 4 == 0 ? "kagi" : nil
                $0.prompt = round % 5 == 0 ? "> " : nil
                $0.limits.banner = 4000
                $0.limits.output = 8000
                $0.limits.line = 2000
            }
            var session = try TelnetSession(changed)
            if round % 2 == 0 {
                for step in [Router.password, Router.banner + Router.bytes("> ")] {
                    _ = session.receive(step)
                    _ = session.quiet()
                }
            }
            for _ in 0..<200 where !session.isFinished {
                let actions = act(&session, &generator)
                #expect(session.screen.bytes.count <= 8000)
                #expect(actions.count <= 100)
                for case .output(let text) in actions { #expect(text.utf8.count <= 4 * 8000) }
            }
        }
    }

    /// Prompts are left out: what stands at the end of a piece decides over them.
    @Test(arguments: 1...8) func piecesMakeNoDifference(_ seed: UInt64) throws {
        var generator = Generator(seed: seed)
        let prompts = [Array("\r\n> ".utf8), Array("\r\n# ".utf8), Array("RTX1200> ".utf8)]
        let tokens = Self.tokens.filter { !prompts.contains($0) && $0 != [255] && $0 != [255, 250] && $0 != [27] }
        for _ in 0..<10 {
            let answer = (0..<60).flatMap { _ in tokens.randomElement(using: &generator) ?? [] }
            let steps = Router.exchange("show x", answer + [7, 10])
            let whole = try Conversation.run(steps, .whole)
            #expect(whole.outputs.count == 1)
            for pieces in [Pieces.single, .random(seed: seed), .random(seed: seed + 1)] {
                #expect(try Conversation.run(steps, pieces) == whole)
            }
        }
    }

    @Test func smallPiecesCostNoMoreThanTheirNumber() throws {
        func time(lines: Int) throws -> Duration {
            var session = try Conversation(.router, .random(seed: 7))
            for step in Router.login() + [.command("show log")] { try session.take(step) }
            let text = String(repeating: "2024/01/02 03:04:05: [DHCPD] 受信パケット: 12345\r\n", count: lines)
            return try ContinuousClock().measure {
                try session.take(.peer(Router.bytes(text)))
                try session.take(.peer(Router.bytes("> ")))
                #expect(session.outcome.outputs.first?.utf8.count == (text.utf8.count - lines))
            }
        }
        let small = try time(lines: 1000)
        let large = try time(lines: 8000)
        #expect(large < small * 30)
    }
}
