import Testing

@testable import Telnet

@Suite struct NegotiationTests {
    private let terminal = NegotiationParser.Terminal(name: "vt100", columns: 255, rows: 24)

    private func run(_ bytes: [UInt8], _ pieces: Pieces = .whole) throws -> NegotiationParser.Received {
        var parser = NegotiationParser(terminal: terminal)
        var all = NegotiationParser.Received()
        for piece in pieces.cut(bytes) {
            let received = try parser.receive(piece)
            all.text += received.text
            all.answers += received.answers
        }
        return all
    }

    /// As Debian's inetutils-telnetd 2.4 does, seen on its socket: options 37, 38, 24, 32, 35, 39, 36, then the terminal's
    /// name, then the rest, and ECHO just before the first text.
    @Test(arguments: Pieces.all) func aTelnetdIsAnswered(_ pieces: Pieces) throws {
        let server: [UInt8] =
            [255, 251, 37, 255, 251, 38, 255, 253, 24, 255, 253, 32, 255, 253, 35, 255, 253, 39, 255, 253, 36]
            + [255, 250, 24, 1, 255, 240]
            + [255, 251, 3, 255, 253, 1, 255, 253, 34, 255, 253, 31, 255, 251, 5, 255, 253, 33]
            + [255, 251, 1, 255, 253, 6, 255, 253, 0] + Array("login: ".utf8)
        let answers: [UInt8] =
            [255, 254, 37, 255, 254, 38, 255, 251, 24, 255, 252, 32, 255, 252, 35, 255, 252, 39, 255, 252, 36]
            + [255, 250, 24, 0] + Array("vt100".utf8) + [255, 240]
            + [255, 253, 3, 255, 252, 1, 255, 252, 34, 255, 251, 31]
            + [255, 250, 31, 0, 255, 255, 0, 24, 255, 240]
            + [255, 254, 5, 255, 252, 33]
            + [255, 253, 1, 255, 252, 6, 255, 252, 0]
        let received = try run(server, pieces)
        #expect(received.answers == answers)
        #expect(received.text == Array("login: ".utf8))
    }

    @Test func whatIsOnAlreadyIsNotAnsweredAgain() throws {
        #expect(try run([255, 251, 1, 255, 251, 1, 255, 251, 1]).answers == [255, 253, 1])
        #expect(try run([255, 253, 3, 255, 253, 3]).answers == [255, 251, 3])
        #expect(try run([255, 251, 1, 255, 252, 1, 255, 252, 1]).answers == [255, 253, 1, 255, 254, 1])
        #expect(try run([255, 254, 24, 255, 252, 99]).answers == [])
    }

    @Test func twoPartiesThatAnswerEachOtherComeToRest() throws {
        var here = NegotiationParser(terminal: terminal)
        var there = NegotiationParser(terminal: terminal)
        var toThere: [UInt8] = []
        var toHere: [UInt8] = (UInt8.min...255).flatMap { option in [255, 251, option, 255, 253, option] as [UInt8] }
        var rounds = 0
        while !toHere.isEmpty, rounds < 10 {
            toThere = try here.receive(toHere).answers
            toHere = try there.receive(toThere).answers
            rounds += 1
        }
        #expect(toHere.isEmpty)
    }

    @Test(arguments: Pieces.all) func textIsUnescapedAndCommandsVanish(_ pieces: Pieces) throws {
        let bytes: [UInt8] = [65, 255, 241, 13, 0, 255, 255, 255, 242, 66, 255, 249, 0, 13, 10, 255, 239, 67]
        #expect(try run(bytes, pieces) == .init(text: [65, 13, 255, 66, 13, 10, 67], answers: []))
        #expect(NegotiationParser.escape([1, 255, 2]) == [1, 255, 255, 2])
    }

    @Test func areYouThereIsAnsweredInvisibly() throws {
        #expect(try run([255, 246]) == .init(text: [], answers: [255, 241]))
    }

    @Test func theTerminalsNameIsToldOnlyWhenItWasAgreedOn() throws {
        #expect(try run([255, 250, 24, 1, 255, 240, 65]) == .init(text: [65], answers: []))
    }

    @Test func aSubnegotiationWithoutItsEndIsLeftByTheNextCommand() throws {
        #expect(try run([255, 250, 24, 1, 255, 251, 1, 65]) == .init(text: [65], answers: [255, 253, 1]))
    }

    @Test func anEndlessSubnegotiationIsAnError() {
        let error = #expect(throws: TelnetError.self) {
            try run([255, 250, 24] + [UInt8](repeating: 7, count: 5000))
        }
        #expect(error?.text == "a telnet subnegotiation must not be longer than 1024 bytes")
    }

    @Test(arguments: [[65], [255, 255]] as [[UInt8]]) func textBetweenCommandsMakesThemNoFlood(_ text: [UInt8]) throws {
        let commands = [[UInt8]](repeating: [255, 241], count: 1500).flatMap(\.self)
        #expect(try run(commands + text + commands).text.count == 1)
    }

    @Test func aFloodOfCommandsIsAnError() {
        let flood = [[UInt8]](repeating: [255, 253, 99], count: 3000).flatMap(\.self)
        let error = #expect(throws: TelnetError.self) { try run(flood) }
        #expect(error?.text == "more than 2000 telnet commands in a row")
    }
}
