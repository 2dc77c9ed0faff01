extension BERReader {
    /// The bindings of a PDU (RFC 3416 §3), where they are the next element.
    mutating func bindings() throws(BERError) -> [VariableBinding] {
        var list = try enter()
        var bindings: [VariableBinding] = []
        while !list.isAtEnd {
            var binding = try list.enter()
            let name = try binding.objectIdentifier(try binding.content(BERTag.objectIdentifier))
            bindings.append(VariableBinding(name, try binding.value()))
        }
        return bindings
    }

    /// The value of an object.
    ///
    /// An INTEGER that does not fit into 32 bits with a sign, which RFC 2578 does not allow, keeps its number and becomes
    /// unsigned; an IpAddress that is not of four bytes becomes octets.
    mutating func value() throws(BERError) -> SNMPValue {
        let (tag, content) = try element()
        switch tag {
        case BERTag.integer, BERTag.boolean: return try integerValue(content)
        case BERTag.octetString, BERTag.bitString, BERTag.nsapAddress: return .octets(octets(content))
        case BERTag.null: return .null
        case BERTag.objectIdentifier: return .oid(try objectIdentifier(content))
        case BERTag.ipAddress: return content.count == 4 ? .ipAddress(octets(content)) : .octets(octets(content))
        case BERTag.counter32: return .counter32(try unsigned32(content))
        case BERTag.gauge32, BERTag.unsigned32: return .gauge32(try unsigned32(content))
        case BERTag.timeTicks: return .timeTicks(try unsigned32(content))
        case BERTag.opaque: return .opaque(octets(content))
        case BERTag.counter64: return .counter64(try unsigned(content, size: 8))
        case BERTag.noSuchObject: return .noSuchObject
        case BERTag.noSuchInstance: return .noSuchInstance
        case BERTag.endOfMibView: return .endOfMibView
        default: throw .unknownType(tag)
        }
    }

    private func integerValue(_ content: Range<Int>) throws(BERError) -> SNMPValue {
        let number = try signed(content)
        if let number = Int32(exactly: number) { return .integer(number) }
        if let number = UInt32(exactly: number) { return .gauge32(number) }
        guard let number = UInt64(exactly: number) else { throw .integerTooLarge }
        return .counter64(number)
    }

    private func unsigned32(_ content: Range<Int>) throws(BERError) -> UInt32 {
        UInt32(truncatingIfNeeded: try unsigned(content, size: 4))
    }
}
