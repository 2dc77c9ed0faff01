import CLua

/// Items that repeat, capture or look at more than one character.
extension PatternMatcher {
    /// Matches the pattern from `item` on at `start`; where the match ends, or -1.
    mutating func match(_ start: Int, _ item: Int) throws(PatternError) -> Int {
        if depthLeft == 0 { throw .tooComplex }
        depthLeft &-= 1
        let end = try matchItems(start, item)
        depthLeft &+= 1
        return end
    }

    private mutating func matchItems(_ start: Int, _ firstItem: Int) throws(PatternError) -> Int {
        var start = start
        var item = firstItem
        while item < patternEnd {
            try step()
            switch pattern[item] {
            case .init(ascii: "("):
                return patternByte(item + 1) == .init(ascii: ")")
                    ? try openCapture(start, item + 2, Self.position)
                    : try openCapture(start, item + 1, Self.unfinished)
            case .init(ascii: ")"): return try closeCapture(start, item + 1)
            case .init(ascii: "$") where item + 1 == patternEnd: return start == subjectEnd ? start : -1
            case .init(ascii: "%") where isSpecialEscape(patternByte(item + 1)):
                item = try matchEscape(&start, item)
                if start < 0 { return -1 }
            default:
                guard let next = try matchSingleItem(&start, item) else { return start }
                item = next
            }
        }
        return start
    }

    /// Matches a single-character item with its suffix.
    ///
    /// The answer is where the pattern goes on; nil when `start` already is the end of the whole match, or -1.
    @inline(__always)
    private mutating func matchSingleItem(_ start: inout Int, _ item: Int) throws(PatternError) -> Int? {
        let itemEnd = try classEnd(item)
        let suffix = patternByte(itemEnd)
        switch suffix {
        case .init(ascii: "*"), .init(ascii: "+"):
            let count = try countRun(start, item, itemEnd)
            if count == 0, suffix == .init(ascii: "*") { return itemEnd + 1 }
            let least = suffix == .init(ascii: "*") ? 0 : 1
            start = count < least ? -1 : try matchGreedily(start, least...count, itemEnd + 1)
            return nil
        case .init(ascii: "-"):
            guard matchesSingle(start, item, itemEnd) else { return itemEnd + 1 }
            start = try matchLazily(start, item, itemEnd)
            return nil
        case .init(ascii: "?"):
            if matchesSingle(start, item, itemEnd) {
                let end = try match(start + 1, itemEnd + 1)
                if end >= 0 {
                    start = end
                    return nil
                }
            }
            return itemEnd + 1
        default:
            guard matchesSingle(start, item, itemEnd) else {
                start = -1
                return nil
            }
            start += 1
            return itemEnd
        }
    }

    /// Matches the rest of the pattern, from `item` on, after as many of `counts` characters as possible.
    private mutating func matchGreedily(
        _ start: Int,
        _ counts: ClosedRange<Int>,
        _ item: Int
    ) throws(PatternError) -> Int {
        try step(counts.upperBound)
        if item == patternEnd, depthLeft > 0 { return start + counts.upperBound }
        var count = counts.upperBound
        while count >= counts.lowerBound {
            let end = try match(start + count, item)
            if end >= 0 { return end }
            count -= 1
        }
        return -1
    }

    private mutating func matchLazily(
        _ start: Int,
        _ item: Int,
        _ itemEnd: Int
    ) throws(PatternError) -> Int {
        var index = start
        while true {
            let end = try match(index, itemEnd + 1)
            if end >= 0 { return end }
            guard matchesSingle(index, item, itemEnd) else { return -1 }
            index += 1
            try step()
        }
    }

    @inline(__always)
    private func isSpecialEscape(_ letter: UInt8) -> Bool {
        letter == UInt8(ascii: "b") || letter == UInt8(ascii: "f") || CharacterClass.isDigit(letter)
    }

    /// Matches `%b`, `%f` and back-references.
    ///
    /// The answer is where the pattern goes on, with `start` -1 when there is no match.
    private mutating func matchEscape(_ start: inout Int, _ item: Int) throws(PatternError) -> Int {
        switch pattern[item + 1] {
        case .init(ascii: "b"):
            start = try matchBalance(start, item + 2)
            return item + 4
        case .init(ascii: "f"):
            guard patternByte(item + 2) == .init(ascii: "[") else { throw .missingFrontierSet }
            let end = try setEnd(item + 2)
            try step((end - item) >> 3)
            let previous = start == 0 ? 0 : subject[start - 1]
            let isFrontier =
                !matchesSet(previous, item + 2, end - 1) && matchesSet(subjectByte(start), item + 2, end - 1)
            if !isFrontier { start = -1 }
            return end
        case let digit:
            start = try matchBackReference(start, Int(digit) - Int(UInt8(ascii: "1")))
            return item + 2
        }
    }

    private mutating func matchBalance(_ start: Int, _ arguments: Int) throws(PatternError) -> Int {
        if arguments >= patternEnd - 1 { throw .missingBalanceArguments }
        let open = pattern[arguments]
        let close = pattern[arguments + 1]
        guard start < subjectEnd, subject[start] == open else { return -1 }
        var level = 1
        var index = start + 1
        while index < subjectEnd {
            try step()
            if subject[index] == close {
                level -= 1
                if level == 0 { return index + 1 }
            } else if subject[index] == open {
                level += 1
            }
            index += 1
        }
        return -1
    }

    /// 32 bytes compared count as one step.
    private mutating func matchBackReference(_ start: Int, _ index: Int) throws(PatternError) -> Int {
        guard index >= 0, index < captureCount, captures[index].length != Self.unfinished else {
            throw .invalidCaptureIndex(index + 1)
        }
        // The length of a position capture is never reached, as in lstrlib.c.
        let length = captures[index].length
        guard length >= 0, subjectEnd - start >= length else { return -1 }
        try step(length >> 5)
        return memcmp(subject + captures[index].start, subject + start, length) == 0 ? start + length : -1
    }

    // MARK: Captures

    private mutating func openCapture(_ start: Int, _ item: Int, _ length: Int) throws(PatternError) -> Int {
        guard captureCount < Self.maximumCaptures else { throw .tooManyCaptures }
        captures[captureCount] = clua_capture(start: start, length: length)
        captureCount += 1
        let end = try match(start, item)
        if end < 0 { captureCount -= 1 }
        return end
    }

    private mutating func closeCapture(_ start: Int, _ item: Int) throws(PatternError) -> Int {
        var index = captureCount - 1
        while index >= 0, captures[index].length != Self.unfinished { index -= 1 }
        guard index >= 0 else { throw .invalidCapture }
        captures[index].length = start - captures[index].start
        let end = try match(start, item)
        if end < 0 { captures[index].length = Self.unfinished }
        return end
    }
}
