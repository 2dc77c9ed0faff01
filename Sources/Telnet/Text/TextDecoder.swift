import CharacterSets

/// Converts what a session receives to UTF-8.
struct TextDecoder: Sendable {
    private let choice: CharsetChoice
    private var detector = CharsetDetector()

    init(_ choice: CharsetChoice) { self.choice = choice }

    /// Takes whole lines into account for the search of the character set.
    mutating func observe(_ bytes: ArraySlice<UInt8>) {
        guard case .automatic = choice else { return }
        bytes.withUnsafeBytes { detector.observe($0) }
    }

    /// Whether a character of two bytes takes two columns, as the vendors of such devices count.
    var countsBytesAsColumns: Bool {
        switch choice {
        case .automatic: detector.name != "utf-8"
        case .fixed(let charset): !charset.isUTF8
        }
    }

    /// The text in UTF-8, always valid; what was not becomes U+FFFD.
    func decode(_ bytes: ArraySlice<UInt8>) throws(TelnetError) -> [UInt8] {
        guard bytes.contains(where: { $0 >= 0x80 }) else { return Array(bytes) }
        let charset: Charset?
        switch choice {
        case .automatic: charset = Charset(named: detector.name)
        case .fixed(let fixed): charset = fixed
        }
        guard let charset else { throw .notDecodable("unknown character set \(detector.name)") }
        do throws(CharsetError) {
            return try charset.decode(bytes)
        } catch {
            throw .notDecodable(error.text)
        }
    }
}

extension Charset {
    fileprivate func decode(_ bytes: ArraySlice<UInt8>) throws(CharsetError) -> [UInt8] {
        let result = bytes.withUnsafeBytes { bytes in
            Result { () throws(CharsetError) in try decode(bytes) }
        }
        return try result.get()
    }
}
