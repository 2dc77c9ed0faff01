import Testing

@testable import Exposition

@Suite struct NumberTests {
    @Test(
        arguments: [
            (0, "0"), (-0.0, "-0"), (1, "1"), (-1, "-1"), (1e6, "1000000"), (1.5e9, "1500000000"),
            (9_007_199_254_740_992, "9007199254740992"), (-9_007_199_254_740_991, "-9007199254740991"),
            (0.5, "0.5"), (0.1, "0.1"), (-2.25, "-2.25"), (12345.678, "12345.678"), (0.000001, "0.000001"),
            (0.30000000000000004, "0.30000000000000004"), (1.0 / 3.0, "0.3333333333333333"), (1e20, "1e+20"),
            (1.7976931348623157e308, "1.7976931348623157e+308"), (1e-7, "0.0000001"), (1.5e-300, "1.5e-300"),
            (.nan, "NaN"), (-.nan, "NaN"), (.infinity, "+Inf"), (-.infinity, "-Inf"),
        ] as [(Double, String)]
    )
    func numbersAreSpelledShortest(value: Double, expected: String) {
        #expect(NumberText.string(value) == expected)
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func everyNumberReadsBackToItself(seed: UInt64) throws {
        var random = FixedGenerator(seed: seed)
        for _ in 0..<20_000 {
            let bits = Double(bitPattern: random.next())
            let decimal = Double(Int64.random(in: -1_000_000_000...1_000_000_000, using: &random)) / 1000
            let integer = Double(Int64.random(in: -(1 << 60)...(1 << 60), using: &random))
            for value in [bits, decimal, integer, integer / 1e9] where !value.isNaN {
                let text = NumberText.string(value)
                #expect(number(text)?.bitPattern == value.bitPattern, "\(text)")
                #expect(Double(text)?.bitPattern == value.bitPattern || value.isInfinite, "\(text)")
                #expect(text.utf8.count <= value.description.utf8.count + 4, "\(text)")
            }
        }
    }

    @Test(
        arguments: [
            ("1", 1), ("+1", 1), ("-1.5", -1.5), (".5", 0.5), ("5.", 5), ("1e3", 1000), ("1E+3", 1000), ("1e-3", 0.001),
            ("00012", 12), ("123456789012345678901234567890", 123456789012345678901234567890.0), ("Inf", .infinity),
            ("+Inf", .infinity), ("-inf", -.infinity), ("INFINITY", .infinity), ("1e-400", 0),
            ("9007199254740993", 9_007_199_254_740_992), ("0.1", 0.1),
            ("1.7976931348623157e308", .greatestFiniteMagnitude),
        ] as [(String, Double)]
    )
    func numbersOfOthersAreRead(text: String, expected: Double) {
        #expect(number(text) == expected)
    }

    @Test(arguments: [
        "", "+", "-", ".", "e5", "1e", "1e+", "nil", "1\r", "1,5", "0x10", "0x1p3", "1_000", "--1", "+nan", "1e400",
        "Infin", "1 ", "1.2.3", "١",
    ])
    func whatPrometheusRefusesIsRefused(text: String) {
        #expect(number(text) == nil)
    }

    @Test func notANumberIsRead() {
        #expect(number("NaN")?.isNaN == true)
        #expect(number("nan")?.isNaN == true)
    }

    @Test(
        arguments: [
            (1, "1.0"), (0, "0.0"), (-1, "-1.0"), (0.5, "0.5"), (10, "10.0"), (100_000, "100000.0"), (1e6, "1e+06"),
            (1_234_567, "1.234567e+06"), (123456.5, "123456.5"), (0.0001, "0.0001"), (0.00001, "1e-05"),
            (0.000025, "2.5e-05"), (1e23, "1e+23"), (1e100, "1e+100"), (.infinity, "+Inf"), (-.infinity, "-Inf"),
            (0.005, "0.005"), (2.5, "2.5"), (-0.25, "-0.25"),
        ] as [(Double, String)]
    )
    func boundsHaveTheSpellingOfOpenMetrics(value: Double, expected: String) {
        #expect(CanonicalNumber.text(value) == expected)
    }

    @Test(arguments: [
        "1.0", "0.5", "+Inf", "0.005", "99999.0", "1", "1.50", "01.0", "1e+06", "0.0", "0.0005", "1.", "7e3",
    ])
    func onlyTextsThatStayAreTakenAsTheyStand(text: String) {
        let isCanonical = Array(text.utf8).withUnsafeBytes(CanonicalNumber.isCanonical)
        #expect(!isCanonical || CanonicalNumber.text(number(text) ?? .nan) == text)
    }
}
