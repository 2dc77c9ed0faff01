import Testing

/// `json.decode`.
struct JSONDecodeTests {
    /// The decoded document as a Lua expression, or the message.
    private func decode(_ document: String) throws -> String { try decode(Array(document.utf8)) }

    private func decode(_ document: [UInt8]) throws -> String {
        let notes = try HostAPIScript.notes("note(json.decode(...))", with: document)
        return notes.count == 2 && notes[0] == "nil" ? String(notes[1].dropFirst().dropLast()) : notes[0]
    }

    @Test(arguments: [
        ("null", "null"), ("true", "true"), (" false\r\n\t", "false"), ("[]", "{}"), ("{}", "{}"),
        ("[1, [2, null], {}]", "{1, {2, null}, {}}"),
        (#"{"a" : {"b":[1]}, "c":false}"#, #"{"a": {"b": {1}}, "c": false}"#),
        (#"{"":1,"1":2}"#, #"{"": 1, "1": 2}"#),
    ])
    func valuesBecomeTheirLuaValues(document: String, expected: String) throws {
        #expect(try decode(document) == expected)
    }

    @Test(arguments: [
        ("0", "0"), ("-0", "0"), ("-12", "-12"), ("9223372036854775807", "9223372036854775807"),
        ("-9223372036854775808", "-9223372036854775808"), ("9223372036854775808", "9.223372036854776e+18"),
        ("123456789012345678901234567890", "1.2345678901234568e+29"), ("1.0", "1.0"), ("-0.0", "-0.0"),
        ("1e3", "1000.0"), ("1E-2", "0.01"), ("1.5e+2", "150.0"), ("0.1", "0.1"), ("1e400", "inf"), ("1e-400", "0.0"),
        ("2.2250738585072011e-308", "2.225073858507201e-308"), ("1e99999999999999999999", "inf"),
        ("0.1000000000000000055511151231257827021181583404541015625", "0.1"), ("5e-324", "5e-324"),
    ])
    func integersThatFitStayIntegersAndOthersAreTheNearestDouble(document: String, expected: String) throws {
        #expect(try decode(document) == expected)
    }

    @Test(arguments: [
        (#""\"\\\/\b\f\n\r\t""#, "\"\"\\/\u{8}\u{C}\n\r\t\""), (#""\u0041\u00e9\u30FC""#, "\"Aéー\""),
        (#""\ud83d\ude00""#, "\"😀\""), (#""\ud83d""#, "\"\u{FFFD}\""), (#""\ude00x""#, "\"\u{FFFD}x\""),
        (#""\ud83d\u0041""#, "\"\u{FFFD}A\""), (#""\ud83d\ud83d\ude00""#, "\"\u{FFFD}😀\""),
        (#""\ud83d\n""#, "\"\u{FFFD}\n\""), (#""\u0000""#, "\"\0\""),
        ("\"受信オーバーフロー 12345678 é\"", "\"受信オーバーフロー 12345678 é\""),
    ])
    func escapesAreResolved(document: String, expected: String) throws {
        #expect(try decode(document) == expected)
    }

    /// Expected results are the practice of the Unicode Standard, section 3.9, table 3-8 and following.
    @Test(arguments: [
        ([0x61, 0xF1, 0x80, 0x80, 0xE1, 0x80, 0xC2, 0x62], "a\u{FFFD}\u{FFFD}\u{FFFD}b"),
        ([0xC0, 0xAF], "\u{FFFD}\u{FFFD}"), ([0xED, 0xA0, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}"),
        ([0xF4, 0x90, 0x80, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"), ([0xE3, 0x83], "\u{FFFD}"),
        ([0x83, 0x49, 0x81, 0x5B], "\u{FFFD}I\u{FFFD}["), ([0xFF], "\u{FFFD}"),
    ])
    func invalidUTF8IsReplaced(bytes: [UInt8], expected: String) throws {
        let quote = [UInt8(ascii: "\"")]
        #expect(try decode(quote + bytes + quote) == "\"\(expected)\"")
        #expect(try decode(quote + Array("12345678".utf8) + bytes + quote) == "\"12345678\(expected)\"")
    }

    @Test func ofEqualKeysTheLastOneWins() throws {
        #expect(try decode(#"{"a":1,"b":2,"a":null}"#) == #"{"a": null, "b": 2}"#)
        #expect(try decode(#"{"a":1,"\u0061":3}"#) == #"{"a": 3}"#)
    }

    @Test func nullIsTheSentinelAndNotNil() throws {
        let script = """
            local v = json.decode('[null,1,null]')
            note(#v, v[1] == json.null, v[3] == json.null, v[1] == nil)
            """
        #expect(try HostAPIScript.notes(script) == ["3", "true", "true", "false"])
    }

    @Test(arguments: [
        ("", "line 1, column 1: expected a value"), (" \n ", "line 2, column 2: expected a value"),
        ("[1,\n 2,\n \"é\" x]", #"line 3, column 6: expected "," or "]""#),
        (#"{"a":1 "b"}"#, #"line 1, column 8: expected "," or "}""#), (#"{"a" 1}"#, #"line 1, column 6: expected ":""#),
        ("{a:1}", #"line 1, column 2: expected a key or "}""#), (#"{"a":1,}"#, "line 1, column 8: expected a key"),
        ("[1,]", "line 1, column 4: expected a value"), ("[", "line 1, column 2: expected a value"),
        ("[1", #"line 1, column 3: expected "," or "]""#), ("nul", "line 1, column 1: expected a value"),
        ("truex", "line 1, column 5: nothing may follow the value"),
        ("1 2", "line 1, column 3: nothing may follow the value"), ("NaN", "line 1, column 1: expected a value"),
        ("01", "line 1, column 1: number must not start with a zero"),
        ("-01.5", "line 1, column 2: number must not start with a zero"),
        ("-", "line 1, column 2: expected a digit"), ("1.", "line 1, column 3: expected a digit"),
        ("1e+", "line 1, column 4: expected a digit"), (".5", "line 1, column 1: expected a value"),
        ("+1", "line 1, column 1: expected a value"), ("0x10", "line 1, column 2: nothing may follow the value"),
        ("\"abc", "line 1, column 5: string is not closed"), ("\"abc\\", "line 1, column 6: string is not closed"),
        ("\"\\u12\"", "line 1, column 4: expected four hexadecimal digits"),
        ("\"\\x\"", "line 1, column 3: unknown escape"), ("'a'", "line 1, column 1: expected a value"),
        ("\"a\nb\"", "line 1, column 3: control character must be escaped in a string"),
        ("[1]\u{0}", "line 1, column 4: nothing may follow the value"),
    ])
    func aTextThatIsNotJSONAnswersNilAndWhere(document: String, message: String) throws {
        #expect(try decode(document) == message)
    }

    @Test func valuesMayBe128LevelsDeepAndNoDeeper() throws {
        let opened = String(repeating: "[", count: 128)
        let closed = String(repeating: "]", count: 128)
        let document = Array((opened + closed).utf8)
        #expect(try HostAPIScript.notes("note(type(json.decode(...)))", with: document) == ["\"table\""])
        #expect(try decode("[\(opened)\(closed)]").hasSuffix("must not be nested deeper than 128 levels"))
        #expect(try decode(String(repeating: #"{"a":"#, count: 1_000_000)).contains("128 levels"))
    }

    @Test func aByteOrderMarkIsSkipped() throws {
        #expect(try decode("\u{FEFF}[1]") == "{1}")
    }

    @Test func aDocumentThatWouldFillTheStateIsRefused() throws {
        let script = "note(json.decode('[' .. string.rep('{},', 2000000) .. '{}]'))"
        let note = try HostAPIScript.notes(script).last
        #expect(note?.contains("needs more memory than the plugin may still use") == true)
    }

    @Test func anArgumentThatIsNoStringIsRaised() throws {
        #expect(
            try HostAPIScript.error("\njson.decode({})")
                == "test.lua:2: bad argument #1 to 'json.decode' (string expected, got table)"
        )
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func damagedDocumentsNeverCrash(seed: UInt64) throws {
        let script = try HostAPIScript()
        let document = Array(
            #"{"a":[1,-2.5e-3,"é\ud83d\ude00\n",null,true],"受信":{"x":[[],{}],"y":"\u00e9 text"}, "z":123456}"#.utf8
        )
        let pieces = Array("{}[]\",:\\u0dtfn-.e\u{FF}\u{0}".utf8)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<1500 {
            var bytes = document
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.insert(pieces.randomElement(using: &random) ?? 0, at: index)
                case 2 where bytes.count > 1: bytes.remove(at: index)
                default: bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
                }
                if bytes.isEmpty { bytes = document }
            }
            try script.run("local v, m = json.decode(...) assert((v == nil) == (type(m) == 'string'))", with: bytes)
        }
    }
}

/// SplitMix64, for the same numbers on every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
