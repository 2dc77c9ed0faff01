/// A regular expression taken apart.
indirect enum PatternNode {
    case empty
    case scalar(ScalarSet)
    case assertion(PatternAssertion)
    case group(PatternNode, number: Int)
    case sequence([PatternNode])
    case choice([PatternNode])
    /// `most` nil repeats without end.
    case repeated(PatternNode, least: Int, most: Int?, isLazy: Bool)
}

/// Something that holds between two characters.
enum PatternAssertion: Sendable {
    case textStart
    case textEnd
    case lineStart
    case lineEnd
    case wordBoundary
    case noWordBoundary
}

/// The characters that one place of a pattern takes.
struct ScalarSet: Sendable {
    enum Item: Sendable {
        case range(ClosedRange<UInt32>)
        /// Of a general category, by the letters of its name: `L`, `Lu`.
        case category(String)
        case not(ScalarSet)
    }

    var items: [Item] = []
    var isNegated = false
    var ignoresCase = false

    init(_ items: [Item], isNegated: Bool = false, ignoresCase: Bool = false) {
        self.items = items
        self.isNegated = isNegated
        self.ignoresCase = ignoresCase
    }

    func contains(_ scalar: UInt32) -> Bool {
        var isFound = holds(scalar)
        if !isFound, ignoresCase { isFound = Self.otherCases(of: scalar).contains(where: holds) }
        return isFound != isNegated
    }

    private func holds(_ scalar: UInt32) -> Bool {
        for item in items {
            switch item {
            case .range(let range): if range.contains(scalar) { return true }
            case .category(let name): if Self.category(of: scalar).hasPrefix(name) { return true }
            case .not(let set): if !set.contains(scalar) { return true }
            }
        }
        return false
    }

    private static func otherCases(of scalar: UInt32) -> [UInt32] {
        if scalar < 0x80 {
            let isLetter = (0x61...0x7A).contains(scalar | 0x20)
            return isLetter ? [scalar ^ 0x20] : []
        }
        guard let properties = Unicode.Scalar(scalar)?.properties else { return [] }
        return [properties.lowercaseMapping, properties.uppercaseMapping].compactMap { text in
            text.unicodeScalars.count == 1 ? text.unicodeScalars.first?.value : nil
        }
    }

    /// Two letters, as Unicode abbreviates the name.
    private static func category(of scalar: UInt32) -> String {
        switch Unicode.Scalar(scalar)?.properties.generalCategory {
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
        case .privateUse: "Co"
        case .surrogate: "Cs"
        default: "Cn"
        }
    }

    static let categories: Set<String> = [
        "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps", "Pe",
        "Pi", "Pf", "Po", "S", "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp", "C", "Cc", "Cf", "Co", "Cs",
    ]

    // MARK: Named sets

    static let digit = ScalarSet([.range(0x30...0x39)])
    static let word = ScalarSet([.range(0x30...0x39), .range(0x41...0x5A), .range(0x5F...0x5F), .range(0x61...0x7A)])
    /// Without the vertical tab, as Perl had it when RE2 took it over.
    static let space = ScalarSet([.range(0x09...0x0A), .range(0x0C...0x0D), .range(0x20...0x20)])
    static let any = ScalarSet([.range(0...0x10FFFF)])
    static let anyButLineFeed = ScalarSet([.range(0x0A...0x0A)], isNegated: true)

    /// Between `[:` and `:]`.
    static let posix: [String: [Item]] = [
        "alnum": [.range(0x30...0x39), .range(0x41...0x5A), .range(0x61...0x7A)],
        "alpha": [.range(0x41...0x5A), .range(0x61...0x7A)],
        "ascii": [.range(0...0x7F)],
        "blank": [.range(0x09...0x09), .range(0x20...0x20)],
        "cntrl": [.range(0...0x1F), .range(0x7F...0x7F)],
        "digit": [.range(0x30...0x39)],
        "graph": [.range(0x21...0x7E)],
        "lower": [.range(0x61...0x7A)],
        "print": [.range(0x20...0x7E)],
        "punct": [.range(0x21...0x2F), .range(0x3A...0x40), .range(0x5B...0x60), .range(0x7B...0x7E)],
        "space": [.range(0x09...0x0D), .range(0x20...0x20)],
        "upper": [.range(0x41...0x5A)],
        "word": word.items,
        "xdigit": [.range(0x30...0x39), .range(0x41...0x46), .range(0x61...0x66)],
    ]
}

/// Why a text is no regular expression.
enum PatternProblem: Error, Equatable, CustomStringConvertible {
    case tooLong
    case tooLarge
    case tooDeep
    case missingParenthesis
    case unexpectedParenthesis
    case missingBracket
    case nothingToRepeat
    case tooManyRepetitions
    case unknownEscape(String)
    case unknownClass(String)
    case unknownGroup(String)
    case emptyRange
    case trailingBackslash

    var description: String {
        switch self {
        case .tooLong: "is longer than \(LinearPattern.longest) characters"
        case .tooLarge: "needs more than \(LinearPattern.mostInstructions) steps"
        case .tooDeep: "is nested deeper than \(PatternParser.deepest) groups"
        case .missingParenthesis: "\")\" is missing"
        case .unexpectedParenthesis: "\")\" is not expected"
        case .missingBracket: "\"]\" is missing"
        case .nothingToRepeat: "there is nothing to repeat"
        case .tooManyRepetitions: "repeats more than \(PatternParser.mostRepetitions) times"
        case .unknownEscape(let text): "unknown escape \"\(text)\""
        case .unknownClass(let text): "unknown class \"\(text)\""
        case .unknownGroup(let text): "unknown group \"\(text)\""
        case .emptyRange: "a range ends before it starts"
        case .trailingBackslash: "ends in a backslash"
        }
    }
}
