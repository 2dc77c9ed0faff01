/// The families of a text and the names of their samples.
struct FamilyTable {
    /// Where samples of one name go.
    struct Target {
        let family: Int
        let suffix: SampleSuffix
        /// False when the filter leaves them out; there may then be no such family.
        let isKept: Bool
        let isReserved: Bool
    }

    /// About what a family and a name take beside their texts.
    private static let familySize = 512
    private static let nameSize = 32

    private let format: ParseFormat
    private let filter: NameFilter
    private let reservedPrefix: [UInt8]
    var families: [OpenFamily] = []
    private var familyNames = NameTable()
    private var sampleNames = NameTable()
    private var targets: [Target] = []
    /// Bytes that all this takes without the samples.
    private(set) var byteCount = 0

    init(_ format: ParseFormat, _ options: ParseOptions) {
        self.format = format
        filter = options.names
        reservedPrefix = Array(options.reservedPrefix.utf8)
    }

    /// The family that a `#` line or a sample without suffix names, made when it is new.
    mutating func family(named name: UnsafeRawBufferPointer) -> Int {
        if let number = familyNames.number(of: name) { return number }
        families.append(OpenFamily(name: String(decoding: name, as: UTF8.self)))
        byteCount += 2 * name.count + Self.familySize
        return familyNames.insert(name)
    }

    /// Takes over what a `#` line says of its family.
    mutating func apply(_ line: MetadataLine) throws(OpenFamily.Refusal) {
        let number = line.name.withUnsafeBytes { family(named: $0) }
        switch line.keyword {
        case .help:
            families[number].setHelp(line.text)
            byteCount += line.text.utf8.count
        case .unit: try families[number].setUnit(line.text)
        case .type: try families[number].setType(line.kind)
        case .eof: break
        }
    }

    /// Where samples of this name go; nil when the name's family has no such samples.
    mutating func target(ofSample name: UnsafeRawBufferPointer) -> Target? {
        if let number = sampleNames.number(of: name) { return targets[number] }
        guard let target = resolve(name) else { return nil }
        // Names that are left out are not remembered, so that they take no memory.
        if target.isKept {
            targets.append(target)
            _ = sampleNames.insert(name)
            byteCount += name.count + Self.nameSize
        }
        return target
    }

    private mutating func resolve(_ name: UnsafeRawBufferPointer) -> Target? {
        let exact = familyNames.number(of: name)
        if let exact, families[exact].accepts(.none, format) { return target(exact, .none, name, family: name) }
        for suffix in SampleSuffix.endings {
            let length = name.count - suffix.text.utf8.count
            guard length > 0, name[length...].elementsEqual(suffix.text.utf8) else { continue }
            let base = UnsafeRawBufferPointer(rebasing: name[..<length])
            if let family = familyNames.number(of: base), families[family].accepts(suffix, format) {
                return target(family, suffix, name, family: base)
            }
        }
        guard exact == nil else { return nil }
        let isKept = filter.keeps(sample: name, family: name)
        return target(isKept ? family(named: name) : 0, .none, name, family: name)
    }

    private func target(
        _ number: Int,
        _ suffix: SampleSuffix,
        _ name: UnsafeRawBufferPointer,
        family: UnsafeRawBufferPointer
    ) -> Target {
        Target(
            family: number,
            suffix: suffix,
            isKept: filter.keeps(sample: name, family: family),
            isReserved: !reservedPrefix.isEmpty && name.starts(with: reservedPrefix)
        )
    }

    /// The blocks of all families with samples, in the order in which they were first named.
    mutating func finish(_ options: ParseOptions) throws(OpenFamily.Refusal) -> [FamilyBlock] {
        var blocks: [FamilyBlock] = []
        for number in families.indices where families[number].block.sampleCount > 0 {
            blocks.append(try families[number].finish(format, options))
        }
        families = []
        return blocks
    }
}

extension SampleSuffix {
    /// All that a sample's name may add.
    static let endings: [SampleSuffix] = [.total, .bucket, .sum, .count, .created, .info, .gsum, .gcount]
}
