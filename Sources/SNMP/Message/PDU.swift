/// What a message asks or answers (RFC 3416 §3).
struct PDU: Hashable {
    enum Kind: UInt8 {
        case get = 0xA0
        case getNext = 0xA1
        case response = 0xA2
        case getBulk = 0xA5
        case report = 0xA8
    }

    var kind: Kind
    var requestID: Int32
    /// The error of a response; the non-repeaters of a GetBulk.
    var status: Int32 = 0
    /// Which binding the error is about, from 1; the max-repetitions of a GetBulk.
    var index: Int32 = 0
    var bindings: [VariableBinding] = []
}

extension PDU {
    /// The names with NULL values are all that is written of the bindings: what a request has.
    func write(to writer: inout BERWriter) {
        writer.wrap(kind.rawValue) { writer in
            writer.wrap(BERTag.sequence) { writer in
                for binding in bindings.reversed() {
                    writer.wrap(BERTag.sequence) { writer in
                        writer.wrap(BERTag.null) { _ in }
                        writer.objectIdentifier(binding.name)
                    }
                }
            }
            writer.integer(index)
            writer.integer(status)
            writer.integer(requestID)
        }
    }
}

/// The beginning of a PDU, with the rest not looked at yet.
struct PDUHeader {
    let kind: PDU.Kind
    let requestID: Int32
    let status: Int32
    let index: Int32
    private var rest: BERReader

    /// Takes the PDU that is the next element.
    init(_ reader: inout BERReader) throws(BERError) {
        guard let tag = reader.nextTag else { throw .truncated }
        guard let kind = PDU.Kind(rawValue: tag) else { throw .unknownType(tag) }
        self.kind = kind
        rest = try reader.enter(tag)
        requestID = try rest.integer32()
        status = try rest.integer32()
        index = try rest.integer32()
    }

    func bindings() throws(BERError) -> [VariableBinding] {
        var rest = rest
        return try rest.bindings()
    }

    func pdu() throws(BERError) -> PDU {
        PDU(kind: kind, requestID: requestID, status: status, index: index, bindings: try bindings())
    }
}
