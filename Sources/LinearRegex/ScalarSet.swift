/// A set of Unicode scalars, as a class in brackets or an escape such as `\d` names one.
package struct ScalarSet: Sendable, Equatable {
    /// A general category by its one or two letters.
    struct Category: Sendable, Equatable {
        let name: String
        let isNegated: Bool
    }

    var ranges: [ClosedRange<UInt32>] = []
    var categories: [Category] = []
    var isNegated = false
    /// Whether a scalar is in the set when its other case is.
    var ignoresCase = false

    static let digits: [ClosedRange<UInt32>] = [0x30...0x39]
    static let blanks: [ClosedRange<UInt32>] = [0x09...0x0a, 0x0c...0x0d, 0x20...0x20]
    static let words: [ClosedRange<UInt32>] = [0x30...0x39, 0x41...0x5a, 0x5f...0x5f, 0x61...0x7a]

    /// All scalars outside of sorted ranges.
    static func complement(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var result: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { result.append(next...range.lowerBound - 1) }
            next = max(next, range.upperBound + 1)
        }
        if next <= 0x10ffff { result.append(next...0x10ffff) }
        return result
    }

    func contains(_ scalar: UInt32) -> Bool {
        var isFound = holds(scalar)
        if !isFound, ignoresCase {
            isFound = SimpleCase.lower(scalar) != scalar && holds(SimpleCase.lower(scalar))
            isFound = isFound || (SimpleCase.upper(scalar) != scalar && holds(SimpleCase.upper(scalar)))
        }
        return isFound != isNegated
    }

    private func holds(_ scalar: UInt32) -> Bool {
        for range in ranges where range.contains(scalar) { return true }
        guard !categories.isEmpty, let value = Unicode.Scalar(scalar) else { return false }
        let name = value.properties.generalCategory.shortName
        return categories.contains { name.hasPrefix($0.name) != $0.isNegated }
    }
}

/// The other case of a scalar where that is one scalar.
enum SimpleCase {
    static func lower(_ scalar: UInt32) -> UInt32 {
        if scalar < 0x80 { return (0x41...0x5a).contains(scalar) ? scalar | 0x20 : scalar }
        return Unicode.Scalar(scalar).flatMap { single($0.properties.lowercaseMapping) } ?? scalar
    }

    static func upper(_ scalar: UInt32) -> UInt32 {
        if scalar < 0x80 { return (0x61...0x7a).contains(scalar) ? scalar & ~0x20 : scalar }
        return Unicode.Scalar(scalar).flatMap { single($0.properties.uppercaseMapping) } ?? scalar
    }

    static func areSame(_ first: UInt32, _ second: UInt32) -> Bool {
        first == second || lower(first) == lower(second) || upper(first) == upper(second)
    }

    private static func single(_ text: String) -> UInt32? {
        text.unicodeScalars.count == 1 ? text.unicodeScalars.first?.value : nil
    }
}

extension Unicode.GeneralCategory {
    /// The name in `\p{...}` (Unicode Standard Annex 44, table 12).
    fileprivate var shortName: String {
        switch self {
        case .uppercaseLetter: "Lu"
        case .lowercaseLetter: "Ll"
        case .titlecaseLetter: "Lt"
        case .modifierLetter: "Lm"
        case .otherLetter: "Lo"
        case .nonspacingMark: "Mn"
        case .spacingMark: "Mc"
        case .enclosingMark: "Me"
        case .decimalNumber: "Nd"
        case .letterNumber: "Nl"
        case .otherNumber: "No"
        case .connectorPunctuation: "Pc"
        case .dashPunctuation: "Pd"
        case .openPunctuation: "Ps"
        case .closePunctuation: "Pe"
        case .initialPunctuation: "Pi"
        case .finalPunctuation: "Pf"
        case .otherPunctuation: "Po"
        case .mathSymbol: "Sm"
        case .currencySymbol: "Sc"
        case .modifierSymbol: "Sk"
        case .otherSymbol: "So"
        case .spaceSeparator: "Zs"
        case .lineSeparator: "Zl"
        case .paragraphSeparator: "Zp"
        case .control: "Cc"
        case .format: "Cf"
        case .surrogate: "Cs"
        case .privateUse: "Co"
        case .unassigned: "Cn"
        @unknown default: "Cn"
        }
    }

    /// The letters and pairs of letters that `\p` takes; Go knows no `Cn`.
    static let names: Set<String> = [
        "C", "Cc", "Cf", "Co", "Cs", "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N", "Nd", "Nl", "No",
        "P", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So", "Z", "Zl", "Zp", "Zs",
    ]
}
