/// One family of the output: its `#` lines and how its samples' names are written.
struct Section {
    /// The `#` lines.
    let header: [UInt8]
    let names: SampleNames

    /// The families of the output that one merged family becomes: one, or one for each suffix.
    static func sections(of family: MergedFamily, as shown: Presentation, _ format: ExpositionFormat) -> [Section] {
        let descriptor = family.descriptor
        if let name = shown.name {
            // Only OpenMetrics takes `x_created` for a part of `x`, and only where `x` has a type of its own.
            let hasCreated = format.isOpenMetrics && shown.type != "unknown"
            let names = SampleNames(descriptor, shortName: name, only: nil, hasCreated: hasCreated)
            return [Section(header: header(name, shown.type, descriptor, format), names: names)]
        }
        return present(in: family).map { suffix in
            let name = descriptor.name + suffix.text
            let names = SampleNames(descriptor, shortName: name, only: suffix, hasCreated: false)
            return Section(header: header(name, shown.type, descriptor, format), names: names)
        }
    }

    private static func present(in family: MergedFamily) -> [SampleSuffix] {
        let candidates = [SampleSuffix.none] + family.descriptor.kind.childSuffixes
        return candidates.filter { suffix in
            family.blocks.contains { entry in
                entry.block.records.contains { $0.suffixNumber == Int(suffix.rawValue) }
            }
        }
    }

    private static func header(
        _ name: String, _ type: String, _ descriptor: FamilyDescriptor, _ format: ExpositionFormat
    ) -> [UInt8] {
        var text: [UInt8] = []
        if !descriptor.help.isEmpty {
            appendStart("# HELP ", name, to: &text)
            appendHelp(descriptor.help, escapesQuotes: format.isOpenMetrics, to: &text)
            text.append(UInt8(ascii: "\n"))
        }
        appendStart("# TYPE ", name, to: &text)
        text.append(contentsOf: type.utf8)
        text.append(UInt8(ascii: "\n"))
        let canHaveUnit = format.isOpenMetrics && !descriptor.unit.isEmpty && type != "info" && type != "stateset"
        if canHaveUnit, name.hasSuffix("_" + descriptor.unit) {
            appendStart("# UNIT ", name, to: &text)
            text.append(contentsOf: descriptor.unit.utf8)
            text.append(UInt8(ascii: "\n"))
        }
        return text
    }

    private static func appendStart(_ start: String, _ name: String, to text: inout [UInt8]) {
        text.append(contentsOf: start.utf8)
        if MetricName.isValidLegacy(name) {
            text.append(contentsOf: name.utf8)
        } else {
            LabelText.appendQuoted(name, to: &text)
        }
        text.append(UInt8(ascii: " "))
    }

    private static func appendHelp(_ help: String, escapesQuotes: Bool, to text: inout [UInt8]) {
        for byte in help.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): text.append(contentsOf: "\\\\".utf8)
            case UInt8(ascii: "\n"): text.append(contentsOf: "\\n".utf8)
            case UInt8(ascii: "\"") where escapesQuotes: text.append(contentsOf: "\\\"".utf8)
            default: text.append(byte)
            }
        }
    }
}

/// The beginnings of a family's sample lines, one for each suffix, up to where the labels follow.
///
/// `name{`, or `{"my.name",` where the name needs quotes; without labels the last byte is left off.
struct SampleNames {
    let text: [UInt8]
    /// Where the beginning for a suffix starts in `text`; the next one's start is its end.
    let starts: [Int]
    /// Bit by suffix: whether its samples are written.
    let written: UInt16
    let isQuoted: Bool

    init(_ descriptor: FamilyDescriptor, shortName: String, only: SampleSuffix?, hasCreated: Bool) {
        var text: [UInt8] = []
        var starts = [0]
        var written: UInt16 = 0
        isQuoted = !MetricName.isValidLegacy(descriptor.name)
        for number in 0...SampleSuffix.gcount.rawValue {
            let suffix = SampleSuffix(rawValue: number) ?? .none
            let name = suffix == .created ? shortName : descriptor.name
            Self.append(name + suffix.text, isQuoted: isQuoted, to: &text)
            starts.append(text.count)
            let isWanted = only.map { $0 == suffix } ?? (suffix != .created || hasCreated)
            if isWanted { written |= 1 << UInt16(number) }
        }
        self.text = text
        self.starts = starts
        self.written = written
    }

    private static func append(_ name: String, isQuoted: Bool, to text: inout [UInt8]) {
        guard isQuoted else {
            text.append(contentsOf: name.utf8)
            text.append(UInt8(ascii: "{"))
            return
        }
        text.append(UInt8(ascii: "{"))
        LabelText.appendQuoted(name, to: &text)
        text.append(UInt8(ascii: ","))
    }

    /// The length of the longest beginning.
    var longest: Int {
        zip(starts, starts.dropFirst()).map { $1 - $0 }.max() ?? 0
    }
}
