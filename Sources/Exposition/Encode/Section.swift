/// One family of the output: its `#` lines and how its samples' names are written.
struct Section {
    /// The `#` lines, then for each suffix that is written the beginning of its sample lines.
    ///
    /// A beginning is `name{`, or `{"my.name",` where the name needs quotes; without labels its last byte is left off.
    private(set) var text: [UInt8] = []
    private(set) var headerLength = 0
    /// Where in `text` the beginning for a suffix starts; the next one's start is its end.
    private(set) var starts = InlineArray<10, Int>(repeating: 0)
    /// Bit by suffix: whether its samples are written.
    private(set) var written: UInt16 = 0
    let isQuoted: Bool

    /// The families of the output that one merged family becomes: one, or one for each suffix.
    static func append(
        _ family: MergedFamily,
        as shown: Presentation,
        _ format: ExpositionFormat,
        to sections: inout [Section]
    ) {
        let descriptor = family.descriptor
        guard let name = shown.name else {
            for suffix in present(in: family) {
                let header = Header(descriptor.name + suffix.text, shown.type, descriptor, format)
                sections.append(Section(header, descriptor, only: suffix, created: nil))
            }
            return
        }
        // Only OpenMetrics takes `x_created` for a part of `x`, and only where `x` has a type of its own.
        let hasCreated = format.isOpenMetrics && shown.type != "unknown"
        let header = Header(name, shown.type, descriptor, format)
        sections.append(Section(header, descriptor, only: nil, created: hasCreated ? name : nil))
    }

    private static func present(in family: MergedFamily) -> [SampleSuffix] {
        let candidates = [SampleSuffix.none] + family.descriptor.kind.childSuffixes
        return candidates.filter { suffix in
            family.blocks.contains { entry in
                entry.block.records.contains { $0.suffixNumber == Int(suffix.rawValue) }
            }
        }
    }

    /// `only` is the one suffix to write, nil for all; `created` the name that `_created` is added to.
    private init(_ header: Header, _ descriptor: FamilyDescriptor, only: SampleSuffix?, created: String?) {
        isQuoted = header.isQuoted
        text.reserveCapacity(header.size + 160)
        header.write(to: &text)
        headerLength = text.count
        let children = descriptor.kind.childSuffixes
        for number in 0...SampleSuffix.gcount.rawValue {
            let suffix = SampleSuffix(rawValue: number) ?? .none
            starts[Int(number)] = text.count
            let exists = suffix == .none || children.contains(suffix) || (suffix == .created && created != nil)
            guard exists, only == nil || only == suffix else { continue }
            written |= 1 << UInt16(number)
            appendBeginning(suffix == .created ? created ?? "" : descriptor.name, suffix.text)
        }
        starts[Int(SampleSuffix.gcount.rawValue) + 1] = text.count
    }

    private mutating func appendBeginning(_ name: String, _ suffix: String) {
        guard isQuoted else {
            text.append(contentsOf: name.utf8)
            text.append(contentsOf: suffix.utf8)
            text.append(UInt8(ascii: "{"))
            return
        }
        text.append(UInt8(ascii: "{"))
        LabelText.appendQuoted(name + suffix, to: &text)
        text.append(UInt8(ascii: ","))
    }

    /// At least the length of the longest beginning.
    var longestBeginning: Int { text.count - headerLength }
}

/// The `#` lines of one family.
private struct Header {
    private let name: String
    private let type: String
    private let descriptor: FamilyDescriptor
    private let format: ExpositionFormat
    let isQuoted: Bool

    init(_ name: String, _ type: String, _ descriptor: FamilyDescriptor, _ format: ExpositionFormat) {
        self.name = name
        self.type = type
        self.descriptor = descriptor
        self.format = format
        isQuoted = !MetricName.isValidLegacy(name)
    }

    /// About as many bytes as are written.
    var size: Int { 64 + 2 * name.utf8.count + descriptor.help.utf8.count }

    func write(to text: inout [UInt8]) {
        if !descriptor.help.isEmpty {
            appendStart("# HELP ", to: &text)
            appendHelp(to: &text)
            text.append(UInt8(ascii: "\n"))
        }
        appendStart("# TYPE ", to: &text)
        text.append(contentsOf: type.utf8)
        text.append(UInt8(ascii: "\n"))
        let canHaveUnit = format.isOpenMetrics && !descriptor.unit.isEmpty && type != "info" && type != "stateset"
        if canHaveUnit, name.hasSuffix("_" + descriptor.unit) {
            appendStart("# UNIT ", to: &text)
            text.append(contentsOf: descriptor.unit.utf8)
            text.append(UInt8(ascii: "\n"))
        }
    }

    private func appendStart(_ start: String, to text: inout [UInt8]) {
        text.append(contentsOf: start.utf8)
        if isQuoted {
            LabelText.appendQuoted(name, to: &text)
        } else {
            text.append(contentsOf: name.utf8)
        }
        text.append(UInt8(ascii: " "))
    }

    private func appendHelp(to text: inout [UInt8]) {
        descriptor.help.withBytes { help in
            guard LabelText.findings(in: help).contains(.special) else {
                text.append(contentsOf: help)
                return
            }
            for byte in help {
                switch byte {
                case UInt8(ascii: "\\"): text.append(contentsOf: "\\\\".utf8)
                case UInt8(ascii: "\n"): text.append(contentsOf: "\\n".utf8)
                case UInt8(ascii: "\"") where format.isOpenMetrics: text.append(contentsOf: "\\\"".utf8)
                default: text.append(byte)
                }
            }
        }
    }
}
