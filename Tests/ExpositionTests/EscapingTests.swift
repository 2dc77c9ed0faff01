import Testing

@testable import Exposition

@Suite struct EscapingTests {
    // prometheus/common model/metric_test.go has the same rules; the names here are our own.
    @Test(arguments: [
        ("my.metric", "my_metric", "my_dot_metric", "U__my_2e_metric"),
        ("a_b.c", "a_b_c", "a__b_dot_c", "U__a__b_2e_c"),
        ("1st", "_st", "__st", "U___31_st"),
        ("a-b", "a_b", "a__b", "U__a_2d_b"),
        ("größe", "gr__e", "gr____e", "U__gr_f6__df_e"),
        ("legacy_name:x", "legacy_name:x", "legacy_name:x", "legacy_name:x"),
        ("花", "_", "__", "U___82b1_"),
    ])
    func namesAreEscapedByTheScheme(name: String, underscores: String, dots: String, values: String) {
        #expect(ExpositionFormat.Escaping.underscores.escape(name) == underscores)
        #expect(ExpositionFormat.Escaping.dots.escape(name) == dots)
        #expect(ExpositionFormat.Escaping.values.escape(name) == values)
        #expect(ExpositionFormat.Escaping.allowUTF8.escape(name) == name)
    }

    @Test func labelNamesHaveNoColons() {
        #expect(ExpositionFormat.Escaping.underscores.escape("a:b", isLabel: true) == "a_b")
    }

    @Test func oldFormatsGetLegacyNames() throws {
        let merged = exposition(try block("my.metric", .gauge, 1, [("z.x", "v"), ("z_a", "w")]))
        #expect(text(merged) == "# HELP my_metric Help.\n# TYPE my_metric gauge\nmy_metric{z_a=\"w\",z_x=\"v\"} 1\n")
        let dots = encode(merged, as: ExpositionFormat(.openMetrics, escaping: .dots))
        #expect(String(decoding: dots, as: UTF8.self).contains("my_dot_metric{z_a=\"w\",z_dot_x=\"v\"} 1\n"))
    }

    @Test func namesThatBecomeOneAreDecidedByTheMerge() throws {
        let merged = merge([
            Contribution(source: "a", families: [try block("x_y", .gauge, 1)]),
            Contribution(source: "b", families: [try block("x.y", .gauge, 2)]),
            Contribution(source: "c", families: [try block("x-y", .counter, 3)]),
            Contribution(source: "d", families: [try block("z", .gauge, 4, [("a.b", "1"), ("a_b", "2")])]),
        ])
        #expect(merged.conflicts.isEmpty)
        let escaped = merged.escapingNames(for: .text)
        #expect(text(escaped) == "# HELP x_y Help.\n# TYPE x_y gauge\nx_y 1\n")
        #expect(text(merged) == text(escaped))
        let found = Set(escaped.conflicts.map { "\($0.source) \($0.reason.rawValue) \($0.droppedSamples)" })
        #expect(found == ["b duplicate 1", "c type 1", "d name_collision 1"])
    }

    @Test func compositesKeepTheirMetrics() throws {
        var histogram = FamilyBlock("my.h", .histogram)
        try histogram.add(HistogramValue(buckets: [(1, 1)], sum: 1), layout("a.b"), "x")
        try histogram.add(HistogramValue(buckets: [(1, 1)], sum: 1), layout("a.b"), "y")
        var states = FamilyBlock("my.state", .stateset)
        try states.add(states: [("up", true), ("down", false)], layout("t"), "1")
        let output = text(exposition(histogram, states), .openMetrics)
        #expect(output.contains("# TYPE my_h histogram\nmy_h_bucket{a_b=\"x\",le=\"1.0\"} 1\n"))
        #expect(output.contains("my_h_count{a_b=\"y\"} 1\n"))
        #expect(output.contains("my_state{my_state=\"up\",t=\"1\"} 1\nmy_state{my_state=\"down\",t=\"1\"} 0\n"))
    }

    @Test func conflictsDecidedBeforeAreNotCountedAgain() throws {
        let merged = merge([
            Contribution(source: "a", families: [try block("x.y", .gauge), try block("x", .gauge)]),
            Contribution(source: "b", families: [try block("x.y", .gauge, help: "Other."), try block("x", .gauge)]),
        ])
        #expect(merged.conflicts.count == 3)
        #expect(merged.escapingNames(for: .text).conflicts == merged.conflicts)
    }
}
