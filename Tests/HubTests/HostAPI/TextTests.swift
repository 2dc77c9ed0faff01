import Testing

/// `text`.
struct TextTests {
    private func decode(_ bytes: [UInt8], _ charset: String) throws -> String {
        let notes = try HostAPIScript.notes("note(text.decode(..., '\(charset)'))", with: bytes)
        return String(notes[0].dropFirst().dropLast())
    }

    /// Words of a Yamaha RTX1200's Japanese output whose second bytes are `[` and `\`.
    private static let overflow: [UInt8] = [
        0x8E, 0xF3, 0x90, 0x4D, 0x83, 0x49, 0x81, 0x5B, 0x83, 0x6F, 0x81, 0x5B, 0x83, 0x74, 0x83, 0x8D, 0x81, 0x5B,
    ]
    private static let addresses: [UInt8] = [
        0x97, 0x98, 0x97, 0x70, 0x89, 0xC2, 0x94, 0x5C, 0x83, 0x41, 0x83, 0x68, 0x83, 0x8C, 0x83, 0x58, 0x90, 0x94,
    ]

    @Test(arguments: ["shift_jis", "Shift-JIS", "SJIS", "cp932", "Windows-31J"])
    func shiftJISIsReadAsRoutersWriteIt(charset: String) throws {
        #expect(try decode(Self.overflow, charset) == "受信オーバーフロー")
        #expect(try decode(Self.addresses, charset) == "利用可能アドレス数")
        #expect(try decode([0x83, 0x5C, 0x95, 0x5C, 0x94, 0x5C, 0x97, 0x5C, 0x8F, 0x5C], charset) == "ソ表能予十")
        #expect(try decode([0x81, 0x60, 0xB1, 0xC5, 0xDE, 0x87, 0x40], charset) == "～ｱﾅﾞ①")
        #expect(try decode(Array("CPU: 1% \\ ~\r\n".utf8), charset) == "CPU: 1% \\ ~\r\n")
    }

    @Test func eucJPHasTheVendorsCharactersAndHalfWidthKana() throws {
        let bytes: [UInt8] = [0xBC, 0xF5, 0xBF, 0xAE, 0xA1, 0xBC, 0xA1, 0xC1, 0x8E, 0xB1, 0xAD, 0xA1, 0x41]
        #expect(try decode(bytes, "euc-jp") == "受信ー～ｱ①A")
    }

    @Test func iso2022JPSwitchesByEscapeSequences() throws {
        let bytes: [UInt8] = [0x41, 0x1B, 0x24, 0x42, 0x3C, 0x75, 0x3F, 0x2E, 0x21, 0x3C, 0x1B, 0x28, 0x42, 0x42]
        #expect(try decode(bytes, "iso-2022-jp") == "A受信ーB")
    }

    @Test func unicodeEncodingsGoByTheirByteOrder() throws {
        #expect(try decode([0x41, 0, 0x3D, 0xD8, 0x00, 0xDE], "utf-16le") == "A😀")
        #expect(try decode([0, 0x41, 0xD8, 0x3D, 0xDE, 0x00], "utf-16be") == "A😀")
        #expect(try decode([0xFE, 0xFF, 0, 0x41], "utf-16") == "A")
        #expect(try decode([0xFF, 0xFE, 0x41, 0], "UTF_16") == "A")
        #expect(try decode([0x41, 0, 0x3D, 0xD8, 0x42, 0], "utf-16le") == "A\u{FFFD}B")
        #expect(try decode([0, 0, 0, 0x41], "utf-32be") == "A")
        #expect(try decode([0xC3, 0xA9, 0xFF, 0x41], "utf-8") == "é\u{FFFD}A")
    }

    @Test func singleByteSetsAreRead() throws {
        #expect(try decode([0x41, 0xE9, 0x80], "iso-8859-1") == "Aé\u{80}")
        #expect(try decode([0xA4], "iso-8859-15") == "€")
        #expect(try decode([0x80], "windows-1252") == "€")
        #expect(try decode([0xC1], "koi8-r") == "а")
    }

    @Test func invalidSequencesAreReplacedAndTheRestIsRead() throws {
        #expect(try decode([0x41, 0x80, 0xFF, 0x42], "ascii") == "A\u{FFFD}\u{FFFD}B")
        #expect(try decode([0x85, 0x40, 0x41], "shift_jis") == "\u{FFFD}@A")
        #expect(try decode([0x85, 0x9F, 0x41], "shift_jis") == "\u{FFFD}A")
        #expect(try decode(Self.overflow.dropLast(), "shift_jis") == "受信オーバーフロ\u{FFFD}")
        #expect(try decode([0xA9, 0xA1, 0xBC, 0xF5, 0xFF, 0x41], "euc-jp") == "\u{FFFD}受\u{FFFD}A")
        #expect(try decode([0x41, 0], "utf-32le") == "\u{FFFD}")
    }

    @Test func everyCharacterSetReadsAnyBytesToTheEnd() throws {
        let script = try HostAPIScript()
        var random = SeededGenerator(seed: 7)
        let names = [
            "ascii", "shift_jis", "euc-jp", "iso-2022-jp", "big5", "euc-kr", "gb18030", "gbk", "utf-16", "utf-16be",
            "utf-16le", "utf-32", "utf-32be", "utf-32le", "utf-8", "iso-8859-7", "windows-1255", "cp437", "koi8-u",
        ]
        let parts: [UInt8] = [0x1B, 0x24, 0x28, 0x42, 0x4A, 0x49, 0x40, 0x21, 0x8E, 0x8F, 0x81, 0x30, 0xFE, 0xFF, 0xD8]
        for name in names {
            for _ in 0..<100 {
                let bytes = (0..<300).map { _ in
                    Bool.random(using: &random)
                        ? parts.randomElement(using: &random) ?? 0 : UInt8.random(in: 0...255, using: &random)
                }
                try script.run("assert(utf8.len(assert(text.decode(..., '\(name)'))))", with: bytes)
            }
        }
    }

    @Test func longTextsAreReadInChunksUpToTheLimit() throws {
        let script = """
            local long = string.rep("\\x8E\\xF3", 100000)
            note(text.decode(long, "shift_jis") == string.rep("受", 100000))
            note(text.decode(string.rep("a", 8 << 20), "latin1") == string.rep("a", 8 << 20))
            note(text.decode(string.rep("\\xB1", 3 << 20), "shift_jis"))
            note(text.decode(string.rep("\\xFF", 3 << 20), "utf-8"))
            """
        let tooLong = "\"text must not be longer than 8388608 bytes once decoded\""
        #expect(try HostAPIScript.notes(script) == ["true", "true", "nil", tooLong, "nil", tooLong])
    }

    @Test(arguments: ["utf-7", "../etc/x", "", "ISO-2022-JP-3", "UTF-8//IGNORE", "tscii"])
    func anUnknownCharacterSetIsRaised(name: String) throws {
        #expect(
            try HostAPIScript.error("text.decode('a', '\(name)')")
                == "test.lua:1: text.decode: unknown character set \"\(name)\""
        )
    }

    @Test func trimRemovesBlanksAtBothEnds() throws {
        let script = #"for _, s in ipairs{" \t a  b \r\n", "", "  \n", "x", " x"} do note(text.trim(s)) end"#
        #expect(try HostAPIScript.notes(script) == [#""a  b""#, #""""#, #""""#, #""x""#, #""x""#])
    }

    @Test func splitIsPlainAndKeepsEmptyParts() throws {
        let script = """
            note(text.split("a,b,,c", ","), text.split("", ","), text.split("a%.b%.", "%."), text.split(",", ","))
            """
        let expected = [#"{"a", "b", "", "c"}"#, #"{""}"#, #"{"a", "b", ""}"#, #"{"", ""}"#]
        #expect(try HostAPIScript.notes(script) == expected)
    }

    @Test func columnsAreWhatStandsBetweenBlanks() throws {
        let script = #"note(text.columns("  eth0:  1\t2 \n"), text.columns("   "), text.columns(""))"#
        #expect(try HostAPIScript.notes(script) == [#"{"eth0:", "1", "2"}"#, "{}", "{}"])
    }

    @Test(arguments: [
        (#"a\nb\n"#, [#""a""#, #""b""#]), (#"a\r\n\r\nb"#, [#""a""#, #""""#, #""b""#]), ("", []), (#"\n"#, [#""""#]),
        (#"a\n\n"#, [#""a""#, #""""#]), (#"a\rb\r\n"#, ["\"a\rb\""]),
    ])
    func linesComeWithoutTheirEnds(literal: String, expected: [String]) throws {
        #expect(try HostAPIScript.notes("for line in text.lines(\"\(literal)\") do note(line) end") == expected)
    }

    @Test(arguments: [
        ("text.trim(nil)", "bad argument #1 to 'text.trim' (string expected, got nil)"),
        ("text.split('a')", "bad argument #2 to 'text.split' (string expected, got nil)"),
        ("text.split('a', '')", "text.split: separator must not be empty"),
        ("text.columns(1)", "bad argument #1 to 'text.columns' (string expected, got number)"),
        ("text.lines({})", "bad argument #1 to 'text.lines' (string expected, got table)"),
        ("text.decode('a')", "bad argument #2 to 'text.decode' (string expected, got no value)"),
    ])
    func misuseIsRaisedAtTheCaller(call: String, message: String) throws {
        #expect(try HostAPIScript.error("\n\(call)") == "test.lua:2: \(message)")
    }

    @Test func thePreludeLeavesNoGlobals() throws {
        #expect(try HostAPIScript.notes("note(check, byte, find, gmatch, sub)") == ["nil", "nil", "nil", "nil", "nil"])
    }
}
