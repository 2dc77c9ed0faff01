/// Writes BER with the shortest lengths, from the end of a message to its beginning, since a length stands before what it
/// measures.
struct BERWriter {
    /// The last byte of the message comes first.
    private var reversed: [UInt8] = []

    /// Bytes so far, which is how far from its end the message has been written.
    var count: Int { reversed.count }

    var bytes: [UInt8] { reversed.reversed() }

    mutating func append(_ content: some BidirectionalCollection<UInt8>) {
        reversed.append(contentsOf: content.reversed())
    }

    /// Puts a tag and a length before all that `body` writes.
    mutating func wrap(_ tag: UInt8, _ body: (inout BERWriter) -> Void) {
        let start = count
        body(&self)
        var length = count - start
        if length < 0x80 {
            reversed.append(UInt8(length))
        } else {
            var octets: UInt8 = 0
            while length > 0 {
                reversed.append(UInt8(length & 0xFF))
                length >>= 8
                octets += 1
            }
            reversed.append(0x80 | octets)
        }
        reversed.append(tag)
    }

    mutating func integer(_ number: Int32) {
        wrap(BERTag.integer) { writer in
            var rest = number
            repeat {
                writer.reversed.append(UInt8(truncatingIfNeeded: rest))
                rest >>= 8
            } while rest != 0 && rest != -1
            // The first bit is the sign.
            if (rest < 0) != (writer.reversed.last.map { $0 >= 0x80 } ?? false) {
                writer.reversed.append(UInt8(truncatingIfNeeded: rest))
            }
        }
    }

    mutating func octetString(_ octets: [UInt8]) { wrap(BERTag.octetString) { $0.append(octets) } }

    /// At least two sub-identifiers are written, as BER has no room for fewer.
    mutating func objectIdentifier(_ name: ObjectIdentifier) {
        let components = name.components
        wrap(BERTag.objectIdentifier) { writer in
            for component in components.dropFirst(2).reversed() { writer.subIdentifier(UInt64(component)) }
            let first = UInt64(min(components.first ?? 0, 2))
            writer.subIdentifier(first * 40 + UInt64(components.count > 1 ? components[1] : 0))
        }
    }

    private mutating func subIdentifier(_ number: UInt64) {
        var rest = number
        reversed.append(UInt8(rest & 0x7F))
        rest >>= 7
        while rest > 0 {
            reversed.append(0x80 | UInt8(rest & 0x7F))
            rest >>= 7
        }
    }
}
