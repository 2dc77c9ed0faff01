import Testing

@testable import Exposition

@Suite struct FamilyBlockTests {
    @Test func labelsAreSortedByNameWithConstantsAtTheirPlace() throws {
        var block = FamilyBlock("x", .gauge)
        try block.add(1, layout("mode", "device", constants: [("target", "rtx"), ("arch", "mips")]), "user", "lan1")
        #expect(text(exposition(block)).hasSuffix(#"x{arch="mips",device="lan1",mode="user",target="rtx"} 1"# + "\n"))
    }

    @Test func valuesAreEscapedOnce() throws {
        var block = FamilyBlock("x", .gauge)
        try block.add(1, layout("a", constants: [("b", "q\"")]), "back\\slash \"quote\"\nline")
        #expect(text(exposition(block)).contains(#"x{a="back\\slash \"quote\"\nline",b="q\""} 1"#))
        #expect(block.samples[0].labels.map(\.value) == ["back\\slash \"quote\"\nline", "q\""])
    }

    @Test(arguments: [[0x80], [0xc3], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0x61, 0xff]])
    func invalidUTF8IsRefusedAndLeavesTheBlockAsItWas(bytes: [UInt8]) throws {
        var block = FamilyBlock("x", .gauge)
        let layout = try layout("ok", "device")
        try block.add(1, layout, "a", "b")
        let before = (block.byteCount, Content(block))
        #expect(throws: SampleError.invalidUTF8(label: "device")) {
            try withRaw([Array("longer than eight".utf8), bytes]) {
                try block.append(2, layout: layout, labelValues: $0)
            }
        }
        #expect(block.byteCount == before.0)
        #expect(Content(block) == before.1)
    }

    @Test func multibyteTextPasses() throws {
        var block = FamilyBlock("x", .gauge)
        try block.add(1, layout("interface"), "LAN1 ルーター 🌏")
        #expect(text(exposition(block)).contains(#"x{interface="LAN1 ルーター 🌏"} 1"#))
    }

    @Test func errorsSayTheRuleAndTheValue() throws {
        #expect(SampleError.invalidUTF8(label: "device").description == #"label "device" is not valid UTF-8"#)
        #expect(SampleError.negativeCounter(-1).description == "counter must not be negative, got -1")
        #expect(SampleError.counterNotANumber.description == "counter must not be NaN")
        #expect(SampleError.duplicate(labels: #"device="a""#).description == #"duplicate sample {device="a"}"#)
        #expect(SampleError.labelCount(got: 1, expected: 2).description == "got 1 label values, expected 2")
        #expect(SampleError.infoValue(0).description == "info must be 1, got 0")
    }

    @Test func countersMustBeNumbersFromZeroOn() throws {
        var block = FamilyBlock("x_total", .counter)
        let none = try layout()
        #expect(throws: SampleError.negativeCounter(-1)) { try block.add(-1, none) }
        #expect(throws: SampleError.counterNotANumber) { try block.add(.nan, none) }
        #expect(block.sampleCount == 0)
        try block.add(.infinity, none)
        #expect(text(exposition(block)).hasSuffix("x_total +Inf\n"))
    }

    @Test func gaugesTakeAnyNumber() throws {
        var block = FamilyBlock("x", .gauge)
        for (position, value) in [Double.nan, -.infinity, -1.5].enumerated() {
            try block.add(value, layout("n"), "\(position)")
        }
        #expect(block.sampleCount == 3)
    }

    @Test func aLabelSetIsTakenOnce() throws {
        var block = FamilyBlock("x", .gauge)
        let layout = try layout("device")
        for number in 0..<1000 { try block.add(Double(number), layout, "d\(number)") }
        let before = block.byteCount
        #expect(throws: SampleError.duplicate(labels: #"device="d512""#)) { try block.add(7, layout, "d512") }
        #expect(block.byteCount == before)
        #expect(block.sampleCount == 1000)
    }

    @Test func aSealedBlockStillFindsDuplicates() throws {
        var block = FamilyBlock("x", .gauge)
        let layout = try layout("device")
        for number in 0..<20 { try block.add(1, layout, "d\(number)") }
        block.seal()
        #expect(throws: SampleError.duplicate(labels: #"device="d7""#)) { try block.add(1, layout, "d7") }
        try block.add(1, layout, "new")
        #expect(block.sampleCount == 21)
    }

    @Test func wrongNumbersOfValuesAreRefused() throws {
        var block = FamilyBlock("x", .gauge)
        #expect(throws: SampleError.labelCount(got: 1, expected: 2)) { try block.add(1, layout("a", "b"), "v") }
    }

    @Test func aValueOfAnotherShapeIsRefused() throws {
        let none = try layout()
        for kind in [MetricKind.histogram, .summary, .stateset, .gaugehistogram] {
            var block = FamilyBlock("x", kind)
            #expect(throws: SampleError.wrongShape(kind)) { try block.add(1, none) }
        }
        var gauge = FamilyBlock("x", .gauge)
        #expect(throws: SampleError.wrongShape(.gauge)) { try gauge.add(HistogramValue(buckets: []), none) }
        #expect(throws: SampleError.wrongShape(.gauge)) { try gauge.add(SummaryValue(quantiles: []), none) }
        #expect(throws: SampleError.wrongShape(.gauge)) { try gauge.add(states: [("on", true)], none) }
    }

    @Test func anEmptiedBlockStartsAgain() throws {
        var block = FamilyBlock("x", .gauge)
        try block.add(1, layout("a"), "v", at: 5)
        block.removeAll(keepingCapacity: true)
        #expect(block.sampleCount == 0 && block.byteCount == 0)
        try block.add(2, layout("a"), "v")
        #expect(
            block.samples == [Sample(suffix: .none, labels: [.init(name: "a", value: "v")], value: 2, timestamp: nil)]
        )
    }

    @Test func aTimestampIsKeptForItsSampleOnly() throws {
        var block = FamilyBlock("x", .gauge)
        try block.append(1, labels: [("a", "1")])
        try block.append(2, labels: [("a", "2")], timestamp: 1_795_364_427_972)
        try block.append(3, labels: [("a", "3")])
        #expect(block.samples.map(\.timestamp) == [nil, 1_795_364_427_972, nil])
    }

    @Test func convenientLabelsMayComeInAnyOrder() throws {
        var block = FamilyBlock("x", .gauge)
        try block.append(1, labels: [("b", "2"), ("a", "1")])
        #expect(block.samples[0].labels.map(\.name) == ["a", "b"])
        #expect(throws: SampleError.invalidLabels(.duplicateLabel("a"))) {
            try block.append(1, labels: [("a", "1"), ("a", "2")])
        }
    }

    @Test func aLayoutRefusesNamesThatCannotBe() {
        #expect(throws: ExpositionError.emptyLabelName) { try LabelLayout(names: [""], constants: []) }
        #expect(throws: ExpositionError.reservedLabel("__name__")) {
            try LabelLayout(names: ["__name__"], constants: [])
        }
        #expect(throws: ExpositionError.duplicateLabel("target")) {
            try LabelLayout(names: ["target"], constants: [("target", "rtx")])
        }
    }

    @Test func anInfoIsOne() throws {
        var block = FamilyBlock("x_info", .info)
        #expect(throws: SampleError.infoValue(2)) { try block.append(2) }
        try block.append(1, labels: [("version", "1")])
        #expect(block.sampleCount == 1)
    }
}
