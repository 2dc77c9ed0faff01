import Testing

@testable import Exposition

/// Calls `body` with the values as raw bytes, the way a script's strings arrive.
func withRaw<Result>(
    _ values: [[UInt8]],
    _ body: (UnsafeBufferPointer<UnsafeRawBufferPointer>) throws -> Result
) rethrows -> Result {
    let copies = values.map { value in
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: value.count, alignment: 1)
        copy.copyBytes(from: value)
        return copy
    }
    defer { for copy in copies { copy.deallocate() } }
    return try copies.map { UnsafeRawBufferPointer($0) }.withUnsafeBufferPointer(body)
}

func layout(_ names: String..., constants: [(name: String, value: String)] = []) throws -> LabelLayout {
    try LabelLayout(names: names, constants: constants)
}

extension FamilyBlock {
    init(_ name: String, _ kind: MetricKind, help: String = "Help.", unit: String = "") {
        self.init(FamilyDescriptor(name: name, kind: kind, help: help, unit: unit))
    }

    mutating func add(_ value: Double, _ layout: LabelLayout, _ values: String..., at time: Int64? = nil) throws {
        try withRaw(values.map { Array($0.utf8) }) {
            try append(value, layout: layout, labelValues: $0, timestamp: time)
        }
    }

    mutating func add(_ histogram: HistogramValue, _ layout: LabelLayout, _ values: String...) throws {
        try withRaw(values.map { Array($0.utf8) }) {
            try appendHistogram(histogram, layout: layout, labelValues: $0)
        }
    }

    mutating func add(_ summary: SummaryValue, _ layout: LabelLayout, _ values: String...) throws {
        try withRaw(values.map { Array($0.utf8) }) { try appendSummary(summary, layout: layout, labelValues: $0) }
    }

    mutating func add(states: [(name: String, isActive: Bool)], _ layout: LabelLayout, _ values: String...) throws {
        try withRaw(values.map { Array($0.utf8) }) { try appendStates(states, layout: layout, labelValues: $0) }
    }
}

/// One block with one sample without labels, or with those given.
func block(
    _ name: String,
    _ kind: MetricKind,
    _ value: Double = 1,
    help: String = "Help.",
    _ labels: [(name: String, value: String)] = []
) throws -> FamilyBlock {
    var block = FamilyBlock(name, kind, help: help)
    try block.append(value, labels: labels)
    return block
}

func exposition(_ blocks: FamilyBlock...) -> MergedExposition {
    merge([Contribution(source: "plugin", families: blocks)])
}

func text(_ merged: MergedExposition, _ syntax: ExpositionFormat.Syntax = .text) -> String {
    String(decoding: encode(merged, as: ExpositionFormat(syntax)), as: UTF8.self)
}

func parse(
    _ text: String,
    _ format: ParseFormat = .text,
    _ options: ParseOptions = ParseOptions()
) throws -> [FamilyBlock] {
    try Array(text.utf8).withUnsafeBytes { try ExpositionParser.parse($0, format: format, options: options) }
}

/// What a block says, comparable.
struct Content: Equatable, CustomStringConvertible {
    let descriptor: FamilyDescriptor
    let samples: [Sample]

    init(_ block: FamilyBlock) {
        descriptor = block.descriptor
        samples = block.samples
    }

    var description: String {
        "\(descriptor)\n"
            + samples.map { "  \($0.suffix) \($0.labels) \($0.value) \(String(describing: $0.timestamp))" }
            .joined(separator: "\n")
    }
}

func number(_ text: String) -> Double? {
    Array(text.utf8).withUnsafeBytes(NumberScanner.double)
}

/// Numbers that are the same in every run (SplitMix64).
struct FixedGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }
}
