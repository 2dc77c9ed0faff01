extension [UInt8] {
    /// Where the bytes occur first at or after `start`.
    func firstRange(of needle: [UInt8], from start: Int = 0) -> Range<Int>? {
        guard !needle.isEmpty, count - start >= needle.count else { return nil }
        for index in start...(count - needle.count) where self[index...].starts(with: needle) {
            return index..<(index + needle.count)
        }
        return nil
    }

    func contains(_ text: String) -> Bool { firstRange(of: Array(text.utf8)) != nil }

    func hasSuffix(_ suffix: [UInt8]) -> Bool {
        count >= suffix.count && self[(count - suffix.count)...] == suffix[...]
    }

    /// Without blanks and CRs at both ends.
    var trimmed: [UInt8] {
        guard let start = firstIndex(where: { $0 > 0x20 }), let end = lastIndex(where: { $0 > 0x20 }) else { return [] }
        return Array(self[start...end])
    }

    /// With the capital letters of ASCII made small.
    var asciiLowercased: [UInt8] { map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 } }
}
