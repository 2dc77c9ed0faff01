/// The client's side of option negotiation (RFC 854, 855, 857, 858, 1073, 1091, 1143).
///
/// It only answers, so that a peer that does not speak telnet at all sees nothing of it.
package struct NegotiationParser: Sendable {
    /// Bytes of one subnegotiation.
    package static let subnegotiationLimit = 1024
    /// Commands that may follow each other without a byte of text between them.
    ///
    /// All 256 options asked for in both directions are 512.
    package static let commandLimit = 2000

    /// What is told to a peer that asks; RFC 1073 reads 0 columns or rows as not specified.
    package struct Terminal: Equatable, Sendable {
        package var name: String
        package var columns: Int
        package var rows: Int

        package init(name: String, columns: Int, rows: Int) {
            self.name = name
            self.columns = columns
            self.rows = rows
        }
    }

    package struct Received: Equatable, Sendable {
        /// What is left without commands and NUL bytes; a CR NUL is a CR.
        package var text: [UInt8] = []
        /// To be sent back.
        package var answers: [UInt8] = []
    }

    private enum State {
        case text
        case command
        case option(verb: UInt8)
        case subnegotiation
        case commandInSubnegotiation
    }

    private let terminal: Terminal
    private var state = State.text
    private var options = OptionStates()
    private var subnegotiation: [UInt8] = []
    private var commandsInARow = 0

    package init(terminal: Terminal) { self.terminal = terminal }

    /// Whether the peer has said that it echoes (RFC 857).
    package var isEchoedByPeer: Bool { options.isEchoedByPeer }

    /// Doubles every IAC, as text on the wire needs it.
    package static func escape(_ text: some Sequence<UInt8>) -> [UInt8] {
        var escaped: [UInt8] = []
        for byte in text {
            if byte == NegotiationByte.interpretAsCommand { escaped.append(byte) }
            escaped.append(byte)
        }
        return escaped
    }

    /// Takes the next bytes, cut at any place.
    package mutating func receive(_ bytes: [UInt8]) throws(TelnetError) -> Received {
        var received = Received()
        received.text.reserveCapacity(bytes.count)
        for byte in bytes {
            switch state {
            case .text: takeText(byte, &received)
            case .command: try takeCommand(byte, &received)
            case .option(let verb):
                state = .text
                answer(verb, byte, &received)
            case .subnegotiation:
                if byte == NegotiationByte.interpretAsCommand {
                    state = .commandInSubnegotiation
                } else {
                    try collect(byte)
                }
            case .commandInSubnegotiation: try takeCommandInSubnegotiation(byte, &received)
            }
        }
        return received
    }

    private mutating func takeText(_ byte: UInt8, _ received: inout Received) {
        if byte == NegotiationByte.interpretAsCommand {
            state = .command
        } else if byte != 0 {
            // NUL does nothing on a network virtual terminal, and ends a CR that moves to the start of the line.
            received.text.append(byte)
            commandsInARow = 0
        }
    }

    private mutating func takeCommand(_ byte: UInt8, _ received: inout Received) throws(TelnetError) {
        state = .text
        guard byte != NegotiationByte.interpretAsCommand else {
            received.text.append(byte)
            commandsInARow = 0
            return
        }
        commandsInARow += 1
        guard commandsInARow <= Self.commandLimit else { throw .tooManyCommands(limit: Self.commandLimit) }
        switch byte {
        case NegotiationByte.will...NegotiationByte.dont: state = .option(verb: byte)
        case NegotiationByte.subnegotiation:
            subnegotiation.removeAll(keepingCapacity: true)
            state = .subnegotiation
        case NegotiationByte.areYouThere:
            // RFC 854 wants visible evidence; visible text would be taken for a command by a router.
            received.answers += [NegotiationByte.interpretAsCommand, NegotiationByte.noOperation]
        default: break
        }
    }

    private mutating func collect(_ byte: UInt8) throws(TelnetError) {
        guard subnegotiation.count < Self.subnegotiationLimit else {
            throw .subnegotiationTooLong(limit: Self.subnegotiationLimit)
        }
        subnegotiation.append(byte)
    }

    private mutating func takeCommandInSubnegotiation(
        _ byte: UInt8,
        _ received: inout Received
    ) throws(TelnetError) {
        switch byte {
        case NegotiationByte.interpretAsCommand:
            try collect(byte)
            state = .subnegotiation
        case NegotiationByte.subnegotiationEnd:
            state = .text
            answerSubnegotiation(&received)
        default:
            // RFC 855 allows nothing else there: the end was lost, and the command counts.
            try takeCommand(byte, &received)
        }
    }

    private mutating func answer(_ verb: UInt8, _ option: UInt8, _ received: inout Received) {
        let answer = options.receive(verb, option)
        received.answers += answer
        guard option == NegotiationOption.windowSize, answer.dropFirst().first == NegotiationByte.will else { return }
        appendSubnegotiation(option, bigEndian(terminal.columns) + bigEndian(terminal.rows), &received)
    }

    /// `TERMINAL-TYPE SEND` (1) is answered with `IS` (0); the same name each time says that there is no other.
    private func answerSubnegotiation(_ received: inout Received) {
        guard options.isTerminalTypeOn, subnegotiation == [NegotiationOption.terminalType, 1] else { return }
        appendSubnegotiation(NegotiationOption.terminalType, [0] + Array(terminal.name.utf8), &received)
    }

    private func appendSubnegotiation(_ option: UInt8, _ content: [UInt8], _ received: inout Received) {
        received.answers += [NegotiationByte.interpretAsCommand, NegotiationByte.subnegotiation, option]
        received.answers += Self.escape(content)
        received.answers += [NegotiationByte.interpretAsCommand, NegotiationByte.subnegotiationEnd]
    }

    private func bigEndian(_ number: Int) -> [UInt8] {
        let number = UInt16(clamping: number)
        return [UInt8(number >> 8), UInt8(truncatingIfNeeded: number)]
    }
}
