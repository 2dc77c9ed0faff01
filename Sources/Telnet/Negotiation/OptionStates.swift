/// Which options are on, on each side (RFC 1143).
///
/// This side never asks for an option, it only answers; of the Q method's six states NO and YES are left. A request for
/// the state that holds already gets no answer, so no loop arises. A refusal leaves the state at NO and is repeated as
/// often as the peer asks, which `NegotiationParser.commandLimit` ends.
struct OptionStates: Equatable, Sendable {
    private(set) var isEchoedByPeer = false
    private var peerSuppressesGoAhead = false
    private var suppressesGoAhead = false
    private var sendsTerminalType = false
    private var sendsWindowSize = false

    var isTerminalTypeOn: Bool { sendsTerminalType }

    /// The bytes to answer; none when nothing changes.
    mutating func receive(_ verb: UInt8, _ option: UInt8) -> [UInt8] {
        switch verb {
        case NegotiationByte.will: peer(option, offersToBe: true)
        case NegotiationByte.wont: peer(option, offersToBe: false)
        case NegotiationByte.do: peer(option, wants: true)
        default: peer(option, wants: false)
        }
    }

    private mutating func peer(_ option: UInt8, offersToBe on: Bool) -> [UInt8] {
        let changed: Bool
        switch option {
        case NegotiationOption.echo: changed = Self.set(&isEchoedByPeer, to: on)
        case NegotiationOption.suppressGoAhead: changed = Self.set(&peerSuppressesGoAhead, to: on)
        default: return on ? Self.answer(NegotiationByte.dont, option) : []
        }
        return changed ? Self.answer(on ? NegotiationByte.do : NegotiationByte.dont, option) : []
    }

    private mutating func peer(_ option: UInt8, wants on: Bool) -> [UInt8] {
        let changed: Bool
        switch option {
        case NegotiationOption.suppressGoAhead: changed = Self.set(&suppressesGoAhead, to: on)
        case NegotiationOption.terminalType: changed = Self.set(&sendsTerminalType, to: on)
        case NegotiationOption.windowSize: changed = Self.set(&sendsWindowSize, to: on)
        default: return on ? Self.answer(NegotiationByte.wont, option) : []
        }
        return changed ? Self.answer(on ? NegotiationByte.will : NegotiationByte.wont, option) : []
    }

    private static func set(_ state: inout Bool, to value: Bool) -> Bool {
        defer { state = value }
        return state != value
    }

    private static func answer(_ verb: UInt8, _ option: UInt8) -> [UInt8] {
        [NegotiationByte.interpretAsCommand, verb, option]
    }
}
