/// The grammar of metric names.
package enum MetricName {
    /// Whether the name is `[a-zA-Z_:][a-zA-Z0-9_:]*`, the grammar before Prometheus 3.
    package static func isValidLegacy(_ name: String) -> Bool {
        name.withBytes { isWord($0, colons: true) }
    }

    /// Whether the name is valid since Prometheus 3: any text that is not empty.
    package static func isValid(_ name: String) -> Bool {
        !name.isEmpty
    }
}

/// The grammar of label names.
package enum LabelName {
    /// Whether the name is `[a-zA-Z_][a-zA-Z0-9_]*`, the grammar before Prometheus 3.
    package static func isValidLegacy(_ name: String) -> Bool {
        name.withBytes { isWord($0, colons: false) }
    }

    /// Whether the name is valid since Prometheus 3: any text that is not empty.
    package static func isValid(_ name: String) -> Bool {
        !name.isEmpty
    }

    /// Whether Prometheus keeps names like this for itself (`__name__`, `__address__`).
    package static func isReserved(_ name: String) -> Bool {
        name.utf8.starts(with: "__".utf8)
    }

    /// Whether the family writes this label itself: `le`, `quantile`, a stateset's own name.
    package static func isReserved(_ name: String, in family: FamilyDescriptor) -> Bool {
        isReserved(name) || family.kind.memberLabel(family: family.name)?.hasSameBytes(as: name) == true
    }
}

/// Whether all bytes are of the legacy alphabet and the first is no digit.
@inline(__always)
func isWord(_ bytes: UnsafeRawBufferPointer, colons: Bool) -> Bool {
    guard let first = bytes.first, !isDigit(first) else { return false }
    for byte in bytes where !isWordByte(byte, colons: colons) { return false }
    return true
}

@inline(__always)
func isWordByte(_ byte: UInt8, colons: Bool) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
        true
    case UInt8(ascii: ":"): colons
    default: false
    }
}

@inline(__always)
func isDigit(_ byte: UInt8) -> Bool {
    byte &- UInt8(ascii: "0") < 10
}
