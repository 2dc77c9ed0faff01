/// Items that match a single character.
extension PatternMatcher {
    /// Where the single-character item at `start` ends.
    @inline(__always)
    func classEnd(_ start: Int) throws(PatternError) -> Int {
        switch pattern[start] {
        case .init(ascii: "%"):
            if start + 1 == patternEnd { throw .endsWithEscape }
            return start + 2
        case .init(ascii: "["): return try setEnd(start)
        default: return start + 1
        }
    }

    func setEnd(_ start: Int) throws(PatternError) -> Int {
        var index = start + 1
        if patternByte(index) == .init(ascii: "^") { index += 1 }
        repeat {
            if index == patternEnd { throw .missingBracket }
            let isEscape = pattern[index] == .init(ascii: "%")
            index += 1
            if isEscape, index < patternEnd { index += 1 }
        } while patternByte(index) != .init(ascii: "]")
        return index + 1
    }

    /// Whether the character at `index` matches the item `item..<itemEnd`.
    @inline(__always)
    func matchesSingle(_ index: Int, _ item: Int, _ itemEnd: Int) -> Bool {
        guard index < subjectEnd else { return false }
        let byte = subject[index]
        switch pattern[item] {
        case .init(ascii: "."): return true
        case .init(ascii: "%"): return CharacterClass.contains(byte, class: pattern[item + 1])
        case .init(ascii: "["): return matchesSet(byte, item, itemEnd - 1)
        case let literal: return literal == byte
        }
    }

    /// Whether `byte` is in the set that begins with `[` at `start` and ends with `]` at `end`.
    func matchesSet(_ byte: UInt8, _ start: Int, _ end: Int) -> Bool {
        var index = start + 1
        let isNegated = pattern[index] == .init(ascii: "^")
        if isNegated { index += 1 }
        while index < end {
            if pattern[index] == .init(ascii: "%") {
                index += 1
                if CharacterClass.contains(byte, class: pattern[index]) { return !isNegated }
            } else if pattern[index + 1] == .init(ascii: "-"), index + 2 < end {
                if pattern[index] <= byte, byte <= pattern[index + 2] { return !isNegated }
                index += 2
            } else if pattern[index] == byte {
                return !isNegated
            }
            index += 1
        }
        return isNegated
    }

    /// Reads the set that begins with `[` at `start` and ends with `]` at `end`.
    func readSet(_ start: Int, _ end: Int) -> ByteSet {
        var result = ByteSet()
        var index = start + 1
        let isNegated = pattern[index] == .init(ascii: "^")
        if isNegated { index += 1 }
        while index < end {
            if pattern[index] == .init(ascii: "%") {
                index += 1
                result.formUnion(ByteSet(class: pattern[index]))
            } else if pattern[index + 1] == .init(ascii: "-"), index + 2 < end {
                result.insert(pattern[index], through: pattern[index + 2])
                index += 2
            } else {
                result.insert(pattern[index])
            }
            index += 1
        }
        if isNegated { result.invert() }
        return result
    }

    /// How many characters from `start` on match the item.
    mutating func countRun(_ start: Int, _ item: Int, _ itemEnd: Int) throws(PatternError) -> Int {
        var index = start
        while true {
            let end = min(subjectEnd, index &+ Self.longestRun)
            countRun(&index, end, item, itemEnd)
            if index < end || end == subjectEnd { return index - start }
            try look()
        }
    }

    /// Moves `index` to the first character before `end` that does not match the item, or to `end`.
    @inline(__always)
    private mutating func countRun(_ index: inout Int, _ end: Int, _ item: Int, _ itemEnd: Int) {
        switch pattern[item] {
        case .init(ascii: "."): index = max(index, end)
        case .init(ascii: "%"):
            let letter = pattern[item + 1]
            let isWanted = letter & 0x20 != 0
            switch letter | 0x20 {
            case .init(ascii: "d"): skip(&index, end) { CharacterClass.isDigit($0) == isWanted }
            case .init(ascii: "s"): skip(&index, end) { CharacterClass.isSpace($0) == isWanted }
            default: skip(&index, end) { CharacterClass.contains($0, class: letter) }
            }
        case .init(ascii: "["):
            if setItem != item {
                set = readSet(item, itemEnd - 1)
                setItem = item
            }
            while index < end, set.contains(subject[index]) { index &+= 1 }
        case let literal: skip(&index, end) { $0 == literal }
        }
    }

    @inline(__always)
    private func skip(_ index: inout Int, _ end: Int, while matches: (UInt8) -> Bool) {
        while index < end, matches(subject[index]) { index &+= 1 }
    }
}
