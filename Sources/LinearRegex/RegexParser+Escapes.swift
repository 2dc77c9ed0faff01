extension RegexParser {
    // MARK: Escapes

    /// What follows a backslash outside of brackets; nil for a quotation of nothing.
    mutating func escape(_ start: Int) throws(RegexError) -> RegexNode? {
        guard let scalar = current else {
            throw failure("trailing backslash at end of expression", scalars.count..<scalars.count)
        }
        switch scalar {
        case "A", "z", "b", "B":
            position += 1
            switch scalar {
            case "A": return .assertion(.textStart)
            case "z": return .assertion(.textEnd)
            case "b": return .assertion(.wordBoundary)
            default: return .assertion(.noWordBoundary)
            }
        case "Q":
            position += 1
            return quotation()
        default:
            var set = ScalarSet(ignoresCase: flags.ignoresCase)
            if try readClassEscape(start, into: &set) { return .set(set) }
            return .scalar(try literalEscape(start), ignoresCase: flags.ignoresCase)
        }
    }

    /// `\Q...\E`: text without meaning.
    private mutating func quotation() -> RegexNode? {
        var nodes: [RegexNode] = []
        while let scalar = current, !skip("\\E") {
            nodes.append(.scalar(scalar.value, ignoresCase: flags.ignoresCase))
            position += 1
        }
        return nodes.isEmpty ? nil : .sequence(nodes)
    }

    /// Reads `\d`, `\pL` and the like from behind the backslash; false when it is none of them.
    mutating func readClassEscape(_ start: Int, into set: inout ScalarSet) throws(RegexError) -> Bool {
        guard let scalar = current else { return false }
        switch scalar {
        case "d": set.ranges += ScalarSet.digits
        case "D": set.ranges += ScalarSet.complement(ScalarSet.digits)
        case "s": set.ranges += ScalarSet.blanks
        case "S": set.ranges += ScalarSet.complement(ScalarSet.blanks)
        case "w": set.ranges += ScalarSet.words
        case "W": set.ranges += ScalarSet.complement(ScalarSet.words)
        case "p", "P":
            position += 1
            set.categories.append(try category(start, isNegated: scalar == "P"))
            return true
        default: return false
        }
        position += 1
        return true
    }

    private mutating func category(_ start: Int, isNegated: Bool) throws(RegexError) -> ScalarSet.Category {
        var isNegated = isNegated
        var name = ""
        if skip("{") {
            if skip("^") { isNegated.toggle() }
            while let scalar = current, scalar != "}" {
                name.unicodeScalars.append(scalar)
                position += 1
            }
            guard skip("}") else { throw failure("invalid character class range", from: start) }
        } else if let scalar = current {
            name.unicodeScalars.append(scalar)
            position += 1
        }
        if name == "Any" {
            name = ""
        } else if !Unicode.GeneralCategory.names.contains(name) {
            throw failure("invalid character class range", start..<position)
        }
        return ScalarSet.Category(name: name, isNegated: isNegated)
    }

    /// The scalar behind a backslash that stands for one.
    mutating func literalEscape(_ start: Int) throws(RegexError) -> UInt32 {
        guard let scalar = current else {
            throw failure("trailing backslash at end of expression", scalars.count..<scalars.count)
        }
        position += 1
        switch scalar {
        case "a": return 0x07
        case "f": return 0x0c
        case "n": return 0x0a
        case "r": return 0x0d
        case "t": return 0x09
        case "v": return 0x0b
        case "x": return try hexadecimal(start)
        case "0"..."7": return try octal(scalar, start)
        default:
            let isWord = scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
            guard scalar.isASCII, !isWord else { throw failure("invalid escape sequence", start..<position) }
            return scalar.value
        }
    }

    /// Up to three digits; a digit alone, other than 0, would be a backreference, which RE2 has not.
    private mutating func octal(_ first: Unicode.Scalar, _ start: Int) throws(RegexError) -> UInt32 {
        var value = first.value - 0x30
        var count = 1
        while count < 3, let digit = current, ("0"..."7").contains(digit) {
            value = value * 8 + digit.value - 0x30
            position += 1
            count += 1
        }
        guard first == "0" || count > 1 else { throw failure("invalid escape sequence", start..<position) }
        return value
    }

    private mutating func hexadecimal(_ start: Int) throws(RegexError) -> UInt32 {
        let hasBraces = skip("{")
        var value: UInt32 = 0
        var count = 0
        while hasBraces || count < 2, let digit = current.flatMap({ Character($0).hexDigitValue }) {
            value = value * 16 + UInt32(digit)
            position += 1
            count += 1
            guard value <= 0x10ffff else { throw failure("invalid escape sequence", start..<position) }
        }
        guard count > 0, hasBraces || count == 2, !hasBraces || skip("}") else {
            throw failure("invalid escape sequence", start..<min(position + 1, scalars.count))
        }
        return value
    }

    // MARK: Brackets

    /// Reads a class from behind its opening bracket.
    mutating func set(_ start: Int) throws(RegexError) -> ScalarSet {
        var set = ScalarSet(ignoresCase: flags.ignoresCase)
        set.isNegated = skip("^")
        var isFirst = true
        while isFirst || current != "]" {
            isFirst = false
            guard let scalar = current else { throw failure("missing closing ]", from: start) }
            let itemStart = position
            if scalar == "[", position + 1 < scalars.count, scalars[position + 1] == ":", try readNamedClass(into: &set)
            {
                continue
            }
            if scalar == "\\" {
                position += 1
                if try readClassEscape(itemStart, into: &set) { continue }
                position = itemStart
            }
            try readRange(start, into: &set)
        }
        position += 1
        return set
    }

    private mutating func readRange(_ start: Int, into set: inout ScalarSet) throws(RegexError) {
        let itemStart = position
        let low = try setScalar(start)
        var high = low
        if current == "-", position + 1 < scalars.count, scalars[position + 1] != "]" {
            position += 1
            high = try setScalar(start)
        }
        guard low <= high else { throw failure("invalid character class range", itemStart..<position) }
        set.ranges.append(low...high)
    }

    private mutating func setScalar(_ start: Int) throws(RegexError) -> UInt32 {
        let place = position
        guard let scalar = current else { throw failure("missing closing ]", from: start) }
        position += 1
        return scalar == "\\" ? try literalEscape(place) : scalar.value
    }

    private static let namedClasses: [String: [ClosedRange<UInt32>]] = [
        "alnum": [0x30...0x39, 0x41...0x5a, 0x61...0x7a], "alpha": [0x41...0x5a, 0x61...0x7a], "ascii": [0...0x7f],
        "blank": [0x09...0x09, 0x20...0x20], "cntrl": [0...0x1f, 0x7f...0x7f], "digit": ScalarSet.digits,
        "graph": [0x21...0x7e], "lower": [0x61...0x7a], "print": [0x20...0x7e],
        "punct": [0x21...0x2f, 0x3a...0x40, 0x5b...0x60, 0x7b...0x7e], "space": [0x09...0x0d, 0x20...0x20],
        "upper": [0x41...0x5a], "word": ScalarSet.words, "xdigit": [0x30...0x39, 0x41...0x46, 0x61...0x66],
    ]

    /// Reads `[:alpha:]` or `[:^alpha:]`; false, with nothing read, when there is no end.
    private mutating func readNamedClass(into set: inout ScalarSet) throws(RegexError) -> Bool {
        let start = position
        position += 2
        let isNegated = skip("^")
        let name = position
        while let scalar = current, scalar != ":" {
            guard scalar.isASCII, scalar.properties.isAlphabetic else { break }
            position += 1
        }
        let end = position
        guard skip(":]") else {
            position = start
            return false
        }
        guard let ranges = Self.namedClasses[text(name..<end)] else {
            throw failure("invalid character class range", start..<position)
        }
        set.ranges += isNegated ? ScalarSet.complement(ranges) : ranges
        return true
    }
}
