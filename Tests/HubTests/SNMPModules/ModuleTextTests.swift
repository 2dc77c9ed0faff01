import Foundation
import Testing

@testable import Hub

@Suite struct DisplayHintTests {
    /// From RFC 2579 §3.1 and the MIBs of RFC 4001 and RFC 3419.
    @Test(
        arguments: [
            ("1d.1d.1d.1d", [192, 168, 1, 1], "192.168.1.1"),
            ("1d.1d.1d.1d%4d", [192, 168, 1, 1, 0, 0, 0, 3], "192.168.1.1%3"),
            ("1x:", [0, 26, 43], "00:1A:2B"), ("255a", [72, 105], "Hi"), ("4d", [0, 1, 0, 0], "65536"),
            ("1o", [8], "10"),
            ("*1x:", [3, 170, 187, 204], "AA:BB:CC"), ("*1d./1d", [3, 10, 20, 30, 40], "10.20.30/40"),
            ("2d-1d-1d,1d:1d:1d.1d", [7, 230, 8, 15, 8, 1, 15, 0], "2022-8-15,8:1:15.0"),
            ("1d.1d.1d.1d", [10, 20], "10.20"),
            ("1d-1d.", [1, 2, 3, 4], "1-2.3.4"), ("0a[2x]0a:2d", [32, 1, 0, 80], "[2001]:80"),
        ] as [(String, [UInt8], String)]
    )
    func hintsAreApplied(hint: String, bytes: [UInt8], text: String) {
        #expect(DisplayHint.apply(hint, to: bytes).map { String(decoding: $0, as: UTF8.self) } == text)
    }

    @Test(arguments: ["", "1z", "1", "d", "0d", "0a.", "9d", "2d9999999999999999999d", "*"])
    func whatIsNoHintIsNotApplied(hint: String) {
        #expect(DisplayHint.apply(hint, to: [1, 2, 3, 4, 5, 6, 7, 8, 9]) == nil)
    }

    @Test(arguments: [
        ("1e-05", "0.00001"), ("1e+20", "100000000000000000000"), ("3.0", "3"), ("-0.5", "-0.5"), ("inf", "+Inf"),
        ("1.25e-3", "0.00125"), ("1.5e+3", "1500"), ("-nan", "NaN"),
    ])
    func numbersAreWrittenWithoutExponents(description: String, text: String) {
        #expect(PlainNumber.text(description) == text)
    }
}

@Suite struct DateTimeReaderTests {
    /// What timefmt-go's own tests expect.
    @Test func patternsMeanWhatTheyMeanToTheExporter() throws {
        let lines = try fixture("datetime-patterns.txt").split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(lines.count > 250)
        for line in lines {
            let parts = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [Any])
            let pattern = try #require(parts[0] as? String)
            let text = try #require(parts[1] as? String)
            #expect(DateTimeReader.seconds(text, pattern) == parts[2] as? Int, "\(line)")
        }
    }

    @Test(arguments: ["%", "%Q", "%:", "%::::z", "%E", "%é", "%-d"])
    func attackPatternsThatAreNoneReadNothing(pattern: String) {
        for text in ["", "0", "+09:00", "%", "\u{FFFD}", String(repeating: "9", count: 100)] {
            #expect(DateTimeReader.seconds(text, pattern) == nil)
        }
    }

    @Test func attackSecondsBeyondCountingAreNoTime() {
        #expect(DateTimeReader.seconds("-999999999999999999", "%s") == -999_999_999_999_999_999)
        #expect(DateTimeReader.seconds("9999999999999999999", "%s") == nil)
    }
}

@Suite struct GoFloatTests {
    /// As Go's strconv.ParseFloat; printed by snmp_exporter 0.30.1.
    @Test(
        arguments: [
            ("12", 12), ("-7", -7), ("+5", 5), (".5", 0.5), ("5.", 5), ("5.e1", 50), ("1e3", 1000), ("1e-400", 0),
            ("0x1p4", 16), ("0x_1p4", 16), ("inf", .infinity), ("-Infinity", -.infinity), ("0012", 12),
        ] as [(String, Double)]
    )
    func numbersAreRead(text: String, number: Double) {
        #expect(GoFloat.parse(text) == number)
    }

    @Test(arguments: [
        "", "on", "12 V", " 12", "0x10", "1_000", "nan(1)", "+nan", "1e999", "-1e999", "1,5", "\u{661}\u{662}", "--1",
        "infinite", "1e", ".", "0x", "1p4",
    ])
    func whatIsNoNumberIsNot(text: String) {
        #expect(GoFloat.parse(text) == nil)
    }

    @Test func aNumberThatIsNoneIsOne() { #expect(GoFloat.parse("NaN")?.isNaN == true) }
}
