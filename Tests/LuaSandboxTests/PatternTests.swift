import CLua
import Testing

@testable import LuaSandbox

/// The matcher by itself, without a Lua state.
@Suite struct PatternTests {
    /// A match as its range and its captures as (start, length).
    private struct Found: Equatable {
        var range: Range<Int>
        var captures: [[Int]]
    }

    private func search(
        _ subject: String,
        _ pattern: String,
        from start: Int = 0,
        lastEnd: Int = -1,
        isAnchored: Bool = false,
        control: UnsafeMutablePointer<clua_control>? = nil
    ) throws(PatternError) -> Found? {
        let captures = PatternMatcher.Captures.allocate(capacity: PatternMatcher.maximumCaptures)
        defer { captures.deallocate() }
        let subject = Array(subject.utf8) + [0]
        let pattern = Array(pattern.utf8) + [0]
        return try subject.withUnsafeBufferPointer { subject throws(PatternError) in
            try pattern.withUnsafeBufferPointer { pattern throws(PatternError) in
                guard let text = subject.baseAddress, let item = pattern.baseAddress else { return nil }
                var matcher = PatternMatcher(
                    subject: .init(start: text, count: subject.count - 1),
                    pattern: .init(start: item, count: pattern.count - 1),
                    captures: captures,
                    control: control
                )
                let range = try matcher.search(from: start, lastEnd: lastEnd, isAnchored: isAnchored)
                return range.map { range in
                    Found(
                        range: range,
                        captures: (0..<matcher.captureCount).map { [captures[$0].start, captures[$0].length] }
                    )
                }
            }
        }
    }

    @Test func aMatchHasItsRangeAndCaptures() throws {
        #expect(try search("cpu0 12 7", "(%d+) ()") == Found(range: 3..<5, captures: [[3, 1], [5, -2]]))
        #expect(try search("key = value", "^(%w+)%s*=%s*(%w+)$", isAnchored: true) == nil)
        #expect(try search("THE (quick) fox", "%((%a+)%)") == Found(range: 4..<11, captures: [[5, 5]]))
        #expect(try search("f(a(b)c)d", "%b()") == Found(range: 1..<8, captures: []))
        #expect(try search("THE fox", "%f[%l]%a+") == Found(range: 4..<7, captures: []))
        #expect(try search("say 'x\" y'", "(['\"])(.-)%1")?.range == 4..<10)
    }

    @Test func aSearchGoesOnAfterItsLastEnd() throws {
        #expect(try search("ab", "b*", from: 2, lastEnd: 2) == nil)
        #expect(try search("aab", "a*", from: 0, lastEnd: 0)?.range == 0..<2)
        #expect(try search("xab", "ab", isAnchored: true) == nil)
    }

    @Test(arguments: [
        ("a", "%", PatternError.endsWithEscape), ("a", "[a", .missingBracket), ("a", "[]", .missingBracket),
        ("a", "%b(", .missingBalanceArguments), ("a", "%fa", .missingFrontierSet), ("a", "a)", .invalidCapture),
        ("aa", "(a)%2", .invalidCaptureIndex(2)), ("a", "(a%1)", .invalidCaptureIndex(1)),
        ("a", String(repeating: "()", count: 33), .tooManyCaptures),
        (String(repeating: "a", count: 300), String(repeating: "a?", count: 250), .tooComplex),
    ])
    func aBadPatternIsAnError(subject: String, pattern: String, error: PatternError) {
        #expect(throws: error) { try search(subject, pattern) }
    }

    @Test func theSearchStopsWhenTheRunIsTripped() {
        let control = ControlBlock.take(limits: .init())
        defer { ControlBlock.giveBack(control) }
        control.pointee.tripped = Trip.abort.rawValue
        #expect(throws: PatternError.stopped) {
            try search(String(repeating: "a", count: 10_000), ".-b", control: control)
        }
    }

    @Test(arguments: [
        ("string.find('x', ('a.'):rep(600))", "pattern too long (must be at most 1024 bytes)"),
        ("string.rep('x', 1e8)", "resulting string too large: not enough memory"),
        ("string.format(('x'):rep(70000))", "format too long (must be at most 65536 bytes)"),
        ("string.pack((' '):rep(70000))", "format too long (must be at most 65536 bytes)"),
        ("os.date(('x'):rep(2000))", "format too long (must be at most 1024 bytes)"),
        ("string.format('%q', ('x'):rep(2e6))", "string too long for '%q' (must be at most 1048576 bytes)"),
        ("string.byte(('x'):rep(9000), 1, -1)", "string slice too long"),
        ("table.unpack({}, 1, 9000)", "too many results to unpack"),
        ("local function f() return 1 + f() end f()", "stack overflow"),
        ("table.sort({3, 1, 'x'})", "attempt to compare string with number"),
        ("table.sort({1, 2, 3, 4}, function() return true end)", "invalid order function for sorting"),
        ("table.sort({1, 2}, 5)", "bad argument #2 to 'sort' (function expected, got number)"),
        ("table.insert(setmetatable({}, {}), 5, 1)", "bad argument #2 to 'insert' (position out of bounds)"),
        ("table.concat(setmetatable({{}}, {}))", "invalid value (table) at index 1 in table for 'concat'"),
        (
            "local t = {} t.x = t return t\(String(repeating: ".x", count: 201))",
            "expression has more than 200 indexings"
        ),
    ])
    func aLimitHasItsError(source: String, message: String) {
        let text = (Result { try Script().start(source).message }).map { $0 ?? "" }
        switch text {
        case .success(let found): #expect(found == "test.lua:1: " + message || found == message)
        case .failure(let error): #expect("\(error)" == "test.lua:1: " + message)
        }
    }

    @Test func addressesAreHidden() throws {
        let source = """
            local t, u = {}, {}
            note(tostring(t) == tostring(t) and tostring(t) ~= tostring(u) and tostring(t) == ('%s'):format(t))
            note(tostring(t):match('^table: 0x%x+$') ~= nil)
            note(('%p'):format(t) == tostring(t):match('0x%x+'))
            note(('%p'):format(1))
            note(tostring(setmetatable({}, {__name = 'point'})):match('^%a+'))
            """
        let script = try Script()
        #expect(try script.start(source).isFinished)
        let yes = LuaValue.boolean(true)
        #expect(script.notes == [yes, yes, yes, .string(Array("(null)".utf8)), .string(Array("point".utf8))])
    }

    @Test func aSourceWithManyShortChainsIsAccepted() throws {
        let source = """
            local a = {b = {c = {}}} -- a.b.c.d
            \(String(repeating: "a.b.c.d = a.b['c'].d or 1 .. 'x' a.b.c.e = {a.b.c, a.b.c[1]} ", count: 300))
            note([==[\(String(repeating: ".x", count: 300))]==] ~= "\(String(repeating: ".x", count: 300))")
            """
        let script = try Script()
        #expect(try script.start(source).isFinished)
        #expect(script.notes == [.boolean(false)])
    }
}
