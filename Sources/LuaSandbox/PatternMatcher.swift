import CLua

/// Lua's pattern matching (manual of 5.4, §6.4.1) over one subject, with the results and errors of lstrlib.c.
///
/// Positions are offsets from 0. Every step is counted, and every `stepsBetweenLooks` steps the matcher looks
/// whether the run has to end, so that no pattern outlives the CPU limit.
struct PatternMatcher {
    /// How deep alternatives may nest (MAXCCALLS of lstrlib.c).
    ///
    /// Each level is one native stack frame.
    static let maximumDepth = 200
    /// Captures in one pattern (LUA_MAXCAPTURES).
    static let maximumCaptures = 32
    /// A step is one character looked at, or one item of the pattern: some nanoseconds, with a class of 1 KiB some
    /// microseconds.
    static let stepsBetweenLooks = 2048
    /// Characters compared with one item before the next look.
    static let longestRun = 16_384
    /// The length of a capture that is still open, and of one that is a position.
    static let unfinished = -1
    static let position = -2

    /// A text that the caller keeps alive.
    struct Text {
        let start: UnsafePointer<UInt8>
        let count: Int
    }

    typealias Captures = UnsafeMutablePointer<clua_capture>

    let subject: UnsafePointer<UInt8>
    let subjectEnd: Int
    let pattern: UnsafePointer<UInt8>
    let patternEnd: Int
    /// Room for `maximumCaptures`.
    let captures: Captures
    /// Nil when nothing limits the search.
    let control: UnsafeMutablePointer<clua_control>?
    var captureCount = 0
    var depthLeft = maximumDepth
    private var stepsLeft = stepsBetweenLooks
    /// The set that `item` in the pattern was last read into, for runs of it.
    var set = ByteSet()
    var setItem = -1
    /// What every match begins with.
    private var startCondition = StartCondition.anything
    private var startSet = ByteSet()

    init(
        subject: Text,
        pattern: Text,
        captures: Captures,
        control: UnsafeMutablePointer<clua_control>? = nil
    ) {
        self.subject = subject.start
        self.subjectEnd = subject.count
        self.pattern = pattern.start
        self.patternEnd = pattern.count
        self.captures = captures
        self.control = control
    }

    /// The first match that begins at `start` or later and does not end at `lastEnd`; with `isAnchored` only one that
    /// begins at `start`.
    mutating func search(
        from start: Int,
        lastEnd: Int = -1,
        isAnchored: Bool = false
    ) throws(PatternError) -> Range<Int>? {
        if !isAnchored { findStartCondition() }
        var position = start
        while position <= subjectEnd {
            if !isAnchored, try !skip(&position) { return nil }
            captureCount = 0
            depthLeft = Self.maximumDepth
            let end = try match(position, 0)
            if end >= 0, end != lastEnd { return position..<end }
            if isAnchored { return nil }
            position += 1
        }
        return nil
    }

    // MARK: Where a match may begin

    private enum StartCondition {
        case anything
        case byte(UInt8)
        case set
    }

    /// Moves `position` to the next place where a match may begin; false when there is none.
    @inline(__always)
    private mutating func skip(_ position: inout Int) throws(PatternError) -> Bool {
        switch startCondition {
        case .anything: return true
        case .byte(let byte):
            guard let found = memchr(subject + position, Int32(byte), subjectEnd - position) else { return false }
            position = UnsafeRawPointer(found) - UnsafeRawPointer(subject)
            return true
        case .set:
            while true {
                let end = min(subjectEnd, position &+ Self.longestRun)
                while position < end, !startSet.contains(subject[position]) { position &+= 1 }
                if position < end { return true }
                if end == subjectEnd { return false }
                try look()
            }
        }
    }

    /// Looks at the pattern's first item: a single character that must be there at least once.
    private mutating func findStartCondition() {
        let item = patternByte(0) == .init(ascii: "(") ? 1 : 0
        guard item < patternEnd, let itemEnd = try? classEnd(item) else { return }
        switch patternByte(itemEnd) {
        case .init(ascii: "*"), .init(ascii: "?"), .init(ascii: "-"): return
        default: break
        }
        switch pattern[item] {
        case .init(ascii: "("), .init(ascii: ")"), .init(ascii: "."), .init(ascii: "$"): return
        case .init(ascii: "%"):
            let letter = pattern[item + 1]
            if letter == .init(ascii: "b") || letter == .init(ascii: "f") || CharacterClass.isDigit(letter) { return }
            startSet = ByteSet(class: letter)
            startCondition = .set
        case .init(ascii: "["):
            startSet = readSet(item, itemEnd - 1)
            startCondition = .set
        case let literal: startCondition = .byte(literal)
        }
    }

    // MARK: Steps

    @inline(__always)
    mutating func step(_ count: Int = 1) throws(PatternError) {
        stepsLeft &-= count
        if stepsLeft < 0 { try look() }
    }

    @inline(never)
    mutating func look() throws(PatternError) {
        stepsLeft = Self.stepsBetweenLooks
        if let control, clua_must_stop(control) != 0 { throw .stopped }
    }

    // MARK: Bytes; both texts read as if a zero followed them

    @inline(__always)
    func patternByte(_ index: Int) -> UInt8 { index < patternEnd ? pattern[index] : 0 }

    @inline(__always)
    func subjectByte(_ index: Int) -> UInt8 { index < subjectEnd ? subject[index] : 0 }
}
