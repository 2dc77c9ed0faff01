import SNMP

/// Reads the parts of a table's index as snmp_exporter does: what an agent leaves off at the end counts as zeros.
struct IndexReader {
    private var cursor: IndexCursor
    /// What was read, filled up with zeros where an agent leaves trailing ones off.
    private(set) var used: [UInt32] = []

    init(rest: ArraySlice<UInt32>) { cursor = IndexCursor(rest) }

    /// What has not been read.
    var rest: ArraySlice<UInt32> { cursor.rest }

    /// Appends the text of the next part.
    mutating func read(_ index: ModuleIndex, to text: inout [UInt8]) {
        read(index.type, fixedSize: index.fixedSize, isImplied: index.isImplied, index.enumValues, to: &text)
    }

    /// `fixedSize` 0: the first sub-identifier is the length, unless it is implied by the end.
    mutating func read(
        _ format: ValueFormat,
        fixedSize: Int = 0,
        isImplied: Bool = false,
        _ enumValues: EnumValues = [:],
        to text: inout [UInt8]
    ) {
        if let introduced = format.introduced {
            return readIntroduced(format, introduced, enumValues, to: &text)
        }
        switch format {
        case .integer: text.append(contentsOf: String(take(1)[0]).utf8)
        case .enumAsInfo:
            let number = Int(take(1)[0])
            if let name = enumValues[number] {
                ValueText.appendValid(Array(name.utf8)[...], to: &text)
            } else {
                text.append(contentsOf: String(number).utf8)
            }
        case .physAddress48: appendPairs(take(6), separator: ":", every: 1, to: &text)
        case .inetAddressIPv6: appendPairs(take(16), separator: ":", every: 2, to: &text)
        case .inetAddressIPv4: text.append(contentsOf: OctetText.dotted(take(4)).utf8)
        case .octetString: ValueText.appendHexadecimal(takeBytes(fixedSize, isImplied), to: &text)
        default: ValueText.appendValid(takeBytes(fixedSize, isImplied)[...], to: &text)
        }
    }

    /// A number tells what follows.
    private mutating func readIntroduced(
        _ format: ValueFormat,
        _ introduced: (Int) -> ValueFormat?,
        _ enumValues: EnumValues,
        to text: inout [UInt8]
    ) {
        let hasSize = format != .inetAddressMissingSize
        if let inner = introduced(Int(rest.first ?? 0)) {
            _ = take(hasSize ? 2 : 1)
            return read(inner, enumValues, to: &text)
        }
        // What is not known is written with its number, to its length or to the end.
        let size = Int(rest.dropFirst().first ?? 0) + 2
        read(.octetString, fixedSize: hasSize ? size : 0, isImplied: !hasSize, to: &text)
    }

    private mutating func read(_ format: ValueFormat, _ enumValues: EnumValues, to text: inout [UInt8]) {
        read(format, fixedSize: 0, isImplied: false, enumValues, to: &text)
    }

    private mutating func takeBytes(_ fixedSize: Int, _ isImplied: Bool) -> [UInt8] {
        var length = isImplied ? rest.count : fixedSize
        if length == 0 { length = Int(take(1)[0]) }
        return take(length).map { UInt8(truncatingIfNeeded: $0) }
    }

    private mutating func take(_ count: Int) -> [UInt32] {
        let taken = cursor.takePadded(count)
        used += taken
        return taken
    }

    private func appendPairs(_ numbers: [UInt32], separator: Unicode.Scalar, every: Int, to text: inout [UInt8]) {
        for (position, number) in numbers.enumerated() {
            if position > 0, position % every == 0 { text.append(UInt8(ascii: separator)) }
            guard number > 0xFF else {
                OctetText.append(UInt8(number), isUppercase: true, to: &text)
                continue
            }
            // No byte; snmp_exporter writes it with as many digits as it takes.
            text.append(contentsOf: String(number, radix: 16, uppercase: true).utf8)
        }
    }
}
