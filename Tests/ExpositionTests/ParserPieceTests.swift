import Testing

@testable import Exposition

/// What a parse ends in, comparable.
private enum Outcome: Equatable {
    case families([Content])
    case failure(ParseError)
}

@Suite struct ParserPieceTests {
    private static let small: [(text: String, format: ParseFormat)] = [
        ("", .text), ("\n\n \n", .text), ("a 1", .text), ("a 1\n", .text),
        ("a{b=\"ü\\\"\\\\\"} 1 12\n# x\na{b=\"c\"}2", .text),
        (
            "# HELP h He\\\\lp é\n# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_sum 3\nh_count 2\n",
            .text
        ),
        ("{\"é.x\",\"ü\"=\"\\n\"} NaN\n", .text), ("a 1\nb nil\nc 1\n", .text), ("a 1\n\na{b=\"c} 1\n", .text),
        ("a 1\r\n", .text), ("a 1\nx{b=\"", .text), ("h 1\n# TYPE h histogram\n", .text),
        ("# TYPE a counter\na_total 1 1.5 # {x=\"y\"} 1\n# EOF\n", .openMetrics), ("a 1\n", .openMetrics),
        ("a 1", .openMetrics), ("# EOF", .openMetrics), ("a 1\n# EOF\nb 1\n", .openMetrics),
        ("a 1\n\n# EOF\n", .openMetrics),
    ]

    private func outcome(
        _ pieces: [ArraySlice<UInt8>],
        _ format: ParseFormat,
        _ options: ParseOptions = ParseOptions()
    ) -> Outcome {
        var parser = ExpositionParser(format: format, options: options)
        do {
            for piece in pieces {
                // A copy of exact size, so that a read past the end is found by a sanitizer.
                try Array(piece).withUnsafeBufferPointer { bytes throws(ParseError) in
                    try parser.feed(UnsafeRawBufferPointer(bytes))
                }
            }
            return .families(try parser.finish().map(Content.init))
        } catch {
            return .failure(error)
        }
    }

    @Test(arguments: small)
    func everyCutInTwoOrIntoBytesGivesTheSame(text: String, format: ParseFormat) {
        let bytes = Array(text.utf8)
        let whole = outcome([bytes[...]], format)
        for cut in 0...bytes.count {
            #expect(outcome([bytes[..<cut], bytes[cut...]], format) == whole, "cut at \(cut)")
        }
        #expect(outcome(bytes.indices.map { bytes[$0...$0] }, format) == whole)
    }

    @Test(arguments: [UInt8](0...255))
    func aByteThatIsWrongIsFoundAtItsPlaceWhereverTheTextIsCut(byte: UInt8) {
        let bytes = Array("a 1\nb{c=\"é".utf8) + [byte] + Array("\"} 1\nnil nil\n".utf8)
        let whole = outcome([bytes[...]], .text)
        for cut in 0...bytes.count { #expect(outcome([bytes[..<cut], bytes[cut...]], .text) == whole) }
    }

    private func largeText(_ random: inout FixedGenerator) -> [UInt8] {
        var text: [UInt8] = []
        for family in 0..<40 {
            let kind = ["counter", "gauge", "histogram", "untyped"].randomElement(using: &random) ?? "gauge"
            text += "# HELP f\(family) Help é \(family).\n# TYPE f\(family) \(kind)\n".utf8
            for sample in 0..<Int.random(in: 0...60, using: &random) {
                let suffix = kind == "histogram" ? "_bucket" : ""
                let label = kind == "histogram" ? "le=\"\(sample)\"," : ""
                let order = Bool.random(using: &random) ? "\(label)z=\"ü\(sample / 7)\"" : "z=\"\\\\\", \(label)a=\"x\""
                text += "f\(family)\(suffix){\(order)} \(Double(sample) / 3)\n".utf8
            }
        }
        return text
    }

    private func cuts(_ bytes: [UInt8], _ random: inout FixedGenerator) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var start = 0
        let longest = [3, 50, 3000].randomElement(using: &random) ?? 3
        while start < bytes.count {
            let end = min(bytes.count, start + Int.random(in: 0...longest, using: &random))
            pieces.append(bytes[start..<end])
            start = end
        }
        return pieces
    }

    @Test(arguments: [UInt64](1...20))
    func anyCutOfALargeTextGivesTheSame(seed: UInt64) throws {
        var random = FixedGenerator(seed: seed)
        var bytes = largeText(&random)
        // Every second text is spoilt somewhere.
        if seed % 2 == 0 {
            bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        var options = ParseOptions()
        options.labels = try AddedLabels([("a", "1"), ("target", "2")])
        let whole = outcome([bytes[...]], .text, options)
        for _ in 0..<5 { #expect(outcome(cuts(bytes, &random), .text, options) == whole) }
    }

    @Test func aLineThatDoesNotEndIsGivenUpAtTheLimit() throws {
        var options = ParseOptions()
        options.maximumLineLength = 100
        var parser = ExpositionParser(format: .text, options: options)
        let piece = [UInt8](repeating: UInt8(ascii: "a"), count: 60)
        let expected = ParseError(line: 2, column: 1, message: "line is longer than 100 bytes")
        try Array("a 1\n".utf8).withUnsafeBytes { try parser.feed($0) }
        try piece.withUnsafeBytes { try parser.feed($0) }
        // What was refused stays refused.
        for _ in 0..<3 { #expect(throws: expected) { try piece.withUnsafeBytes { try parser.feed($0) } } }
        #expect(throws: expected) { try parser.finish() }
    }

    @Test(arguments: [99, 100, 101])
    func theLimitOfALineIsTheSameWhereverItIsCut(length: Int) {
        var options = ParseOptions()
        options.maximumLineLength = 100
        let bytes = Array(("a 1\nb 1" + String(repeating: " ", count: length - 3) + "\n").utf8)
        let whole = outcome([bytes[...]], .text, options)
        if case .families = whole { #expect(length <= 100) } else { #expect(length > 100) }
        for cut in 0...bytes.count { #expect(outcome([bytes[..<cut], bytes[cut...]], .text, options) == whole) }
    }
}
