/// An object with its value (RFC 3416 §3).
package struct VariableBinding: Hashable, Sendable {
    package let name: ObjectIdentifier
    package let value: SNMPValue

    package init(_ name: ObjectIdentifier, _ value: SNMPValue) {
        self.name = name
        self.value = value
    }
}

/// The value of an object, with its type on the wire (RFC 2578 §7.1, RFC 3416 §2.5).
package enum SNMPValue: Hashable, Sendable {
    case integer(Int32)
    case octets([UInt8])
    case null
    case oid(ObjectIdentifier)
    /// Four bytes, most significant first.
    case ipAddress([UInt8])
    case counter32(UInt32)
    case gauge32(UInt32)
    /// Hundredths of a second.
    case timeTicks(UInt32)
    /// A BER encoding inside an OCTET STRING, as for floats of net-snmp.
    case opaque([UInt8])
    case counter64(UInt64)
    /// The agent does not know the object (`exceptions` of RFC 3416 §3).
    case noSuchObject
    /// The agent knows the object, but not this instance.
    case noSuchInstance
    /// Nothing follows in the agent's view.
    case endOfMibView

    /// Whether there is no object of that name.
    package var isMissing: Bool {
        switch self {
        case .noSuchObject, .noSuchInstance, .endOfMibView: true
        default: false
        }
    }
}
