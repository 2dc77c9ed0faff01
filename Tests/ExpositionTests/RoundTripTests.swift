import Testing

@testable import Exposition

@Suite struct RoundTripTests {
    private static let nasty = [
        "", " ", "a", "\\", "\"", "\n", "\\n", "\\\\\"", "\u{0}", "\r", "\t", "{a=\"b\"}", "é", "ルーター", "🌏", "# EOF",
        "a,b=\"c\"",
        "\u{7f}", "\u{85}", "\u{2028}", "12345678", "1234567\"", "12345678\\",
    ]

    /// Reads what was written, in the order of the names.
    private func reread(_ blocks: [FamilyBlock], _ format: ExpositionFormat) throws -> [Content] {
        let merged = merge([Contribution(source: "s", families: blocks)])
        let bytes = encode(merged, as: format)
        let parsed = try bytes.withUnsafeBytes {
            try ExpositionParser.parse($0, format: format.isOpenMetrics ? .openMetrics : .text)
        }
        return parsed.map(Content.init)
    }

    private func blocksOfAllKinds() throws -> [FamilyBlock] {
        let layout = try layout("a", "z")
        var blocks = [
            FamilyBlock("c_total", .counter), FamilyBlock("g", .gauge), FamilyBlock("gh", .gaugehistogram),
            FamilyBlock("h", .histogram), FamilyBlock("i_info", .info), FamilyBlock("s", .stateset),
            FamilyBlock("u", .untyped), FamilyBlock("y", .summary),
        ]
        for (first, text) in Self.nasty.enumerated() {
            for second in [text, "x\(first)"] {
                let histogram = HistogramValue(buckets: [(0.1, 1), (1e6, 3)], sum: 4.5, count: 7)
                try blocks[0].add(Double(first), layout, text, second)
                try blocks[1].add(Double(first) - 3.7, layout, text, second, at: Int64(first) * 1001)
                try blocks[2].add(histogram, layout, text, second)
                try blocks[3].add(histogram, layout, text, second)
                try blocks[4].add(1, layout, text, second)
                try blocks[5].add(states: [("up", true), (text + "?", false)], layout, text, second)
                try blocks[6].add(.nan, layout, text, second)
                let summary = SummaryValue(quantiles: [(0.5, 1), (0.99, .nan)], sum: 9, count: 2)
                try blocks[7].add(summary, layout, text, second)
            }
        }
        return blocks
    }

    @Test func everyKindSurvivesOpenMetrics() throws {
        let blocks = try blocksOfAllKinds()
        #expect(try reread(blocks, ExpositionFormat(.openMetrics)) == blocks.map(Content.init))
    }

    @Test(arguments: [ExpositionFormat.Syntax.text, .text1])
    func everyKindThatTextHasSurvivesIt(syntax: ExpositionFormat.Syntax) throws {
        let blocks = try blocksOfAllKinds().filter {
            [.counter, .gauge, .histogram, .summary, .untyped].contains($0.descriptor.kind)
        }
        #expect(try reread(blocks, ExpositionFormat(syntax)) == blocks.map(Content.init))
    }

    @Test(arguments: [ExpositionFormat.Syntax.text1, .openMetrics])
    func namesOfPrometheus3Survive(syntax: ExpositionFormat.Syntax) throws {
        let format = ExpositionFormat(syntax, escaping: .allowUTF8)
        for name in Self.nasty where !name.isEmpty {
            var gauge = FamilyBlock(name + ".g", .gauge)
            try gauge.append(1)
            try gauge.append(2, labels: [(name + ".l", "v"), ("a", name)])
            var histogram = FamilyBlock(name + ".h", .histogram)
            try histogram.add(HistogramValue(buckets: [(1, 1)], sum: 1, count: 2), layout(name + ".l"), name)
            var blocks = [gauge, histogram]
            if syntax == .openMetrics {
                var states = FamilyBlock(name + ".s", .stateset)
                try states.add(states: [(name, true), ("off", false)], layout("a"), name)
                blocks.append(states)
            }
            #expect(try reread(blocks, format) == blocks.map(Content.init))
        }
    }

    @Test(arguments: Array(UInt64(1)...20))
    func randomFamiliesSurvive(seed: UInt64) throws {
        var random = FixedGenerator(seed: seed)
        var blocks: [FamilyBlock] = []
        for number in 0..<10 {
            let kind = [MetricKind.gauge, .untyped, .counter].randomElement(using: &random) ?? .gauge
            let name = "f\(number)" + (kind == .counter ? "_total" : "")
            var block = FamilyBlock(name, kind, help: Self.randomText(&random).trimmingBlanks())
            for sample in 0..<Int.random(in: 1...50, using: &random) {
                let bits = Double(bitPattern: random.next())
                let value = kind == .counter ? (bits.isNaN ? 0 : bits.magnitude) : bits
                let labels = (0..<Int.random(in: 0...4, using: &random)).map { label in
                    (name: "l\(label)_\(sample)", value: Self.randomText(&random))
                }
                let time = Bool.random(using: &random) ? Int64.random(in: -(1 << 45)...(1 << 45), using: &random) : nil
                try block.append(value, labels: labels + [("id", "\(sample)")], timestamp: time)
            }
            blocks.append(block)
        }
        for syntax in [ExpositionFormat.Syntax.text, .openMetrics] {
            #expect(try reread(blocks, ExpositionFormat(syntax)) == blocks.map(Content.init))
        }
    }

    private static func randomText(_ random: inout FixedGenerator) -> String {
        let pieces = nasty + ["abc", "eth0", "/dev/sda1", "0123456789"]
        return (0..<Int.random(in: 0...6, using: &random)).map { _ in
            pieces.randomElement(using: &random) ?? ""
        }.joined()
    }

    @Test(arguments: [UInt64(5), 6, 7])
    func randomDamageNeverBreaksTheParser(seed: UInt64) throws {
        var random = FixedGenerator(seed: seed)
        let good = encode(exposition(try block("x_total", .counter), try blocksOfAllKinds()[3]), as: .text)
        let letters = Array("{}\",=\\\n #\t1ae.+é".utf8) + [0xff, 0]
        for _ in 0..<2000 {
            var bytes = Array(good.prefix(Int.random(in: 0...600, using: &random)))
            for _ in 0..<4 where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                bytes[place] = letters.randomElement(using: &random) ?? 0
            }
            guard let blocks = try? bytes.withUnsafeBytes({ try ExpositionParser.parse($0, format: .text) }) else {
                continue
            }
            let again = encode(merge([Contribution(source: "s", families: blocks)]), as: .text)
            #expect(throws: Never.self) {
                try again.withUnsafeBytes { try ExpositionParser.parse($0, format: .text) }
            }
        }
    }
}

extension String {
    /// Blanks at the start of a help text belong to no one in the text format.
    fileprivate func trimmingBlanks() -> String {
        String(drop { $0 == " " || $0 == "\t" })
    }
}
