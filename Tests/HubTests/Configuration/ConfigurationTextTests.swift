import Testing

@testable import Hub

struct ConfigurationTextTests {
    @Test(arguments: [
        ("250ms", 250), ("5s", 5000), ("1m30s", 90_000), ("2h", 7_200_000), ("1d", 86_400_000), ("0", 0), ("0s", 0),
        ("1d2h3m4s5ms", 93_784_005), ("-5s", -5000),
    ])
    func durationsAreRead(_ text: String, milliseconds: Int64) {
        #expect(ConfigurationText.duration(text) == .milliseconds(milliseconds))
    }

    @Test(arguments: [
        "", "-", "5", "s", "1.5s", "5 s", "5S", "30s1m", "1s1s", "--5s", "1w", "٥s", "+5s", "9223372036854775807d",
        "9223372036854775807ms1s", "5s ",
    ])
    func whatIsNoDurationIsRefused(_ text: String) {
        #expect(ConfigurationText.duration(text) == nil)
    }

    @Test(arguments: ["0s", "250ms", "1m30s", "2h", "1d1ms", "-5s", "-1m30s"])
    func durationsAreWrittenAsTheyAreRead(_ text: String) throws {
        let duration = try #require(ConfigurationText.duration(text))
        #expect(ConfigurationText.format(duration) == text)
    }

    @Test(arguments: [
        ("100", 100), ("100B", 100), ("64KiB", 65536), ("32MiB", 33_554_432), ("1GiB", 1_073_741_824), ("8kB", 8000),
        ("8KB", 8000), ("8MB", 8_000_000), ("1GB", 1_000_000_000), ("-1", -1), ("0", 0),
    ])
    func sizesAreRead(_ text: String, bytes: Int) {
        #expect(ConfigurationText.bytes(text) == bytes)
    }

    @Test(arguments: ["", "-", "MiB", "1.5MiB", "32M", "32mib", "32 MiB", "9223372036854775807KiB", "0x10", "--1"])
    func whatIsNoSizeIsRefused(_ text: String) {
        #expect(ConfigurationText.bytes(text) == nil)
    }

    @Test(arguments: [(100, "100"), (1024, "1KiB"), (33_554_432, "32MiB"), (4 << 30, "4GiB"), (1025, "1025"), (0, "0")])
    func sizesAreWrittenWithTheLargestUnitThatFits(_ bytes: Int, text: String) {
        #expect(ConfigurationText.format(bytes: bytes) == text)
    }

    @Test(arguments: [("1", 1.0), ("-2.5", -2.5), ("1e3", 1000), ("+.5", 0.5)])
    func numbersAreRead(_ text: String, value: Double) {
        #expect(ConfigurationText.number(text) == value)
    }

    @Test(arguments: ["", "nan", "inf", "-infinity", "0x10", "1e999", "1,5", "e", "1 "])
    func whatIsNoFiniteDecimalNumberIsRefused(_ text: String) {
        #expect(ConfigurationText.number(text) == nil)
    }

    @Test(arguments: [
        ("", "", 0), ("abc", "abc", 0), ("abc", "", 3), ("", "abc", 3), ("kitten", "sitting", 3),
        ("procsf", "procfs", 1),
    ])
    func spellingDistanceCountsEdits(_ first: String, second: String, distance: Int) {
        #expect(Spelling.distance(first, second) == distance)
    }

    @Test func theNearestWordIsSuggested() {
        #expect(Spelling.suggestion(for: "lissen", in: ["limits", "listen"]) == ", did you mean \"listen\"?")
        #expect(
            Spelling.suggestion(for: "externalLabels", in: ["external_labels"]) == ", did you mean \"external_labels\"?"
        )
        #expect(Spelling.suggestion(for: "zebra", in: ["limits", "listen"]).isEmpty)
        #expect(Spelling.suggestion(for: "zebra", in: []).isEmpty)
    }
}
