/// The families of a text and the names of their samples.
struct FamilyTable {
    /// Where samples of one name go.
    struct Target {
        let family: Int
        let suffix: SampleSuffix
    }

    private let format: ParseFormat
    var families: [OpenFamily] = []
    private var familyNames = NameTable()
    private var sampleNames = NameTable()
    private var targets: [Target] = []

    init(_ format: ParseFormat) {
        self.format = format
    }

    /// The family that a `#` line or a sample without suffix names, made when it is new.
    mutating func family(named name: UnsafeRawBufferPointer) -> Int {
        if let number = familyNames.number(of: name) { return number }
        families.append(OpenFamily(name: String(decoding: name, as: UTF8.self)))
        return familyNames.insert(name)
    }

    /// Where samples of this name go; nil when the name's family has no such samples.
    mutating func target(ofSample name: UnsafeRawBufferPointer) -> Target? {
        if let number = sampleNames.number(of: name) { return targets[number] }
        guard let target = resolve(name) else { return nil }
        targets.append(target)
        _ = sampleNames.insert(name)
        return target
    }

    private mutating func resolve(_ name: UnsafeRawBufferPointer) -> Target? {
        let exact = familyNames.number(of: name)
        if let exact, families[exact].accepts(.none, format) { return Target(family: exact, suffix: .none) }
        for suffix in SampleSuffix.endings {
            let length = name.count - suffix.text.utf8.count
            guard length > 0, name[length...].elementsEqual(suffix.text.utf8) else { continue }
            let base = UnsafeRawBufferPointer(rebasing: name[..<length])
            if let family = familyNames.number(of: base), families[family].accepts(suffix, format) {
                return Target(family: family, suffix: suffix)
            }
        }
        return exact == nil ? Target(family: family(named: name), suffix: .none) : nil
    }

    /// The blocks of all families with samples, in the order in which they were first named.
    mutating func finish(_ options: ParseOptions) throws(OpenFamily.Refusal) -> [FamilyBlock] {
        var blocks: [FamilyBlock] = []
        for number in families.indices where families[number].block.sampleCount > 0 {
            blocks.append(try families[number].finish(format, options))
        }
        return blocks
    }
}

extension SampleSuffix {
    /// All that a sample's name may add.
    static let endings: [SampleSuffix] = [.total, .bucket, .sum, .count, .created, .info, .gsum, .gcount]
}
