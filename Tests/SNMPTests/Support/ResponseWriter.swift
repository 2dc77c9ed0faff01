@testable import SNMP

extension BERWriter {
    mutating func value(_ value: SNMPValue) {
        func number(_ tag: UInt8, _ number: UInt64) {
            wrap(tag) { writer in
                var bytes = withUnsafeBytes(of: number.bigEndian) { Array($0) }
                while bytes.count > 1, bytes[0] == 0, bytes[1] < 0x80 { bytes.removeFirst() }
                writer.append(bytes[0] >= 0x80 ? [0] + bytes : bytes)
            }
        }
        switch value {
        case .integer(let value): integer(value)
        case .octets(let bytes): octetString(bytes)
        case .null: wrap(BERTag.null) { _ in }
        case .oid(let name): objectIdentifier(name)
        case .ipAddress(let bytes): wrap(BERTag.ipAddress) { $0.append(bytes) }
        case .counter32(let value): number(BERTag.counter32, UInt64(value))
        case .gauge32(let value): number(BERTag.gauge32, UInt64(value))
        case .timeTicks(let value): number(BERTag.timeTicks, UInt64(value))
        case .opaque(let bytes): wrap(BERTag.opaque) { $0.append(bytes) }
        case .counter64(let value): number(BERTag.counter64, value)
        case .noSuchObject: wrap(BERTag.noSuchObject) { _ in }
        case .noSuchInstance: wrap(BERTag.noSuchInstance) { _ in }
        case .endOfMibView: wrap(BERTag.endOfMibView) { _ in }
        }
    }

    /// A PDU with the values of its bindings.
    mutating func answer(_ pdu: PDU) {
        wrap(pdu.kind.rawValue) { writer in
            writer.wrap(BERTag.sequence) { writer in
                for binding in pdu.bindings.reversed() {
                    writer.wrap(BERTag.sequence) { writer in
                        writer.value(binding.value)
                        writer.objectIdentifier(binding.name)
                    }
                }
            }
            writer.integer(pdu.index)
            writer.integer(pdu.status)
            writer.integer(pdu.requestID)
        }
    }
}
