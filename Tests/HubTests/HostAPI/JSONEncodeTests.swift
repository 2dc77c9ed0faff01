import Testing

/// `json.encode`.
struct JSONEncodeTests {
    private func encode(_ expression: String) throws -> String? {
        try HostAPIScript.notes("note(json.encode(\(expression)))").first.map { String($0.dropFirst().dropLast()) }
    }

    @Test(arguments: [
        ("nil", "null"), ("json.null", "null"), ("true", "true"), ("12", "12"), ("1.0", "1.0"), ("0.1", "0.1"),
        ("1e100", "1e+100"), ("math.mininteger", "-9223372036854775808"), ("-0.0", "-0.0"),
        ("'a\"\\\\/\\n\\r\\t\\0\\x1F\u{7F}é😀'", #""a\"\\/\n\r\t\u0000\u001f"# + "\u{7F}é😀\""),
        ("{}", "[]"), ("{1, {2}, json.null}", "[1,[2],null]"),
    ])
    func valuesBecomeTheirJSON(expression: String, expected: String) throws {
        #expect(try encode(expression) == expected)
    }

    @Test func keysAreSortedByTheirBytes() throws {
        let value = "{b = 1, a = {y = 1, x = 2}, ['é'] = 3, B = 4}"
        #expect(try encode(value) == #"{"B":4,"a":{"x":2,"y":1},"b":1,"é":3}"#)
    }

    @Test func aTableThatIsNoSequenceIsAnObject() throws {
        #expect(try encode("{[1] = 'a', [3] = 'c'}") == #"{"1":"a","3":"c"}"#)
        #expect(try encode("{'a', nil, 'c'}") == #"{"1":"a","3":"c"}"#)
        #expect(try encode("{'a', x = 1, [2.5] = 2}") == #"{"1":"a","2.5":2,"x":1}"#)
    }

    @Test(arguments: [
        ("0/0", "number must be finite"), ("{a = {1, {b = 1/0}}}", ".a[2].b: number must be finite"),
        ("'\\xFF'", "string must be UTF-8"), ("{['\\xC3'] = 1}", ".\u{FFFD}: string must be UTF-8"),
        ("{f = function() end}", ".f: value must not be a function"),
        ("coroutine.create(function() end)", "value must not be a thread"),
        ("{[true] = 1}", "key must be a string or a number, got boolean"),
        ("{[1/0] = 1}", "number must be finite"), ("{'a', ['1'] = 1}", ".1: key appears as a number and as a string"),
    ])
    func whatHasNoJSONIsRaisedWithItsPlace(expression: String, message: String) throws {
        #expect(try HostAPIScript.error("\njson.encode(\(expression))") == "test.lua:2: json.encode: \(message)")
    }

    @Test func aCycleIsRaised() throws {
        #expect(
            try HostAPIScript.error("local t = {} t.t = t json.encode(t)")
                == "test.lua:1: json.encode: table is nested deeper than 100 levels"
        )
    }

    @Test func aStringThatIsRepeatedManyTimesCannotFillTheMemory() throws {
        let script = "local s, t = string.rep('x', 1 << 20), {} for i = 1, COUNT do t[i] = s end json.encode(t)"
        #expect(
            try HostAPIScript.error(script.replacing("COUNT", with: "9"))
                == "test.lua:1: json.encode: [8]: text must not be longer than 8388608 bytes"
        )
        #expect(
            try HostAPIScript.error(script.replacing("COUNT", with: "1000"))
                == "test.lua:1: json.encode: strings of the table are longer than may be copied"
        )
    }

    @Test func anEncodedValueDecodesToItself() throws {
        let value = #"{a = {1, 2.5, "é\n", false, json.null}, b = {c = {d = {}}}, ["1"] = -7}"#
        let notes = try HostAPIScript.notes("local v = \(value) note(v, json.decode(json.encode(v)))")
        #expect(notes[0] == notes[1])
    }

    @Test func aCallWithoutAnArgumentIsRaised() throws {
        #expect(
            try HostAPIScript.error("json.encode()")
                == "test.lua:1: bad argument #1 to 'json.encode' (value expected, got no value)"
        )
    }
}
