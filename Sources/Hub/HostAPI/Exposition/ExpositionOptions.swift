import Exposition

/// What a script says about a text that goes into its run.
struct ExpositionOptions {
    /// Globs of one list, and their bytes: every name is held against all of them.
    private static let globLimit = (count: 1000, bytes: 16 << 10)
    /// Labels that are added, and bytes of their names and values.
    private static let labelLimit = (count: 64, bytes: 16 << 10)
    /// Bytes of what a text is called.
    private static let sourceLimit = 1024
    /// Bytes of names and help texts, beside what the samples may take.
    private static let metadataLimit = 8 << 20

    /// Nil: the one whose last line `# EOF` is there or not.
    var format: ParseFormat?
    var labels: [(name: String, value: String)] = []
    var honorsLabels = false
    var names = NameFilter()
    var timestamps = ParseOptions.Timestamps.keep
    /// Whether a last line without its end is an error: the text may be cut there.
    var needsWholeLines = false
    /// What the text is called in conflicts.
    var source = ""
    /// Whether a text that does not fit the run's limits is refused, rather than ends the run.
    var refusesExcess = false

    init() {}

    /// Takes the keys of an exposition; whoever made the reader finishes it.
    init(_ options: inout OptionReader) throws(MisuseError) {
        format = try Self.format(&options)
        labels = try options.texts("labels") ?? []
        let size = labels.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
        guard labels.count <= Self.labelLimit.count, size <= Self.labelLimit.bytes else {
            throw MisuseError(
                text: "more than \(Self.labelLimit.count) labels or \(Self.labelLimit.bytes) bytes of them"
            )
        }
        honorsLabels = try options.boolean("honor_labels") ?? false
        names = NameFilter(keep: try Self.globs("keep", &options), drop: try Self.globs("drop", &options))
        timestamps = try Self.choice("timestamps", &options) ?? .keep
        needsWholeLines = try options.boolean("whole_lines") ?? false
        source = try options.string("source") ?? ""
        guard source.utf8.count <= Self.sourceLimit else {
            throw MisuseError(text: "source must not be longer than \(Self.sourceLimit) bytes")
        }
        switch try options.string("over_limit") {
        case nil, "fail": refusesExcess = false
        case "refuse": refusesExcess = true
        case let text?: throw MisuseError(text: "over_limit must be fail or refuse, got \"\(text.prefix(40))\"")
        }
    }

    static func format(_ options: inout OptionReader) throws(MisuseError) -> ParseFormat? {
        switch try options.string("format") {
        case nil, "auto": nil
        case "text": .text
        case "openmetrics": .openMetrics
        case let text?:
            throw MisuseError(text: "format must be auto, text or openmetrics, got \"\(text.prefix(40))\"")
        }
    }

    private static func choice(
        _ key: String,
        _ options: inout OptionReader
    ) throws(MisuseError) -> ParseOptions.Timestamps? {
        guard let text = try options.string(key) else { return nil }
        guard let choice = ParseOptions.Timestamps(rawValue: text) else {
            throw MisuseError(text: "\(key) must be keep, drop or refuse, got \"\(text.prefix(40))\"")
        }
        return choice
    }

    private static func globs(_ key: String, _ options: inout OptionReader) throws(MisuseError) -> [String] {
        let globs = try options.list(key) ?? []
        guard globs.count <= globLimit.count, globs.reduce(0, { $0 + $1.utf8.count }) <= globLimit.bytes else {
            throw MisuseError(
                text: "\(key) has more than \(globLimit.count) patterns or \(globLimit.bytes) bytes of them"
            )
        }
        return globs
    }

    /// The options of the parser for a run: with the target's labels, and no more room than the run has left.
    func parseOptions(for run: CollectRun, _ instance: PluginInstance) throws(MisuseError) -> ParseOptions {
        let constants = instance.registry.targetLabels
        let own = run.labelSet < constants.count ? constants[run.labelSet] : []
        for label in labels where own.contains(where: { $0.name == label.name }) {
            throw MisuseError(text: "label \"\(label.name)\" is set by the configuration of the target")
        }
        var options = ParseOptions()
        do { options.labels = try AddedLabels(own + labels, honorsLabels: honorsLabels) } catch {
            throw MisuseError(text: "\(error)")
        }
        options.names = names
        options.timestamps = timestamps
        options.requiresFinalNewline = needsWholeLines
        options.reservedPrefix = "hub_"
        options.maximumSamples = max(0, instance.limits.samples - run.samples)
        options.maximumBytes = max(0, instance.limits.bytes - run.bytes)
        options.maximumMetadataBytes = max(Self.metadataLimit, instance.limits.bytes)
        return options
    }
}

extension ParseFormat {
    /// OpenMetrics is what ends with the line `# EOF`.
    init(endOf text: UnsafeRawBufferPointer) {
        let mark = Array("# EOF".utf8)
        let isEnded = text.last == UInt8(ascii: "\n")
        let end = text.dropLast(isEnded ? 1 : 0)
        let isLine = end.count == mark.count || end.dropLast(mark.count).last == UInt8(ascii: "\n")
        self = end.suffix(mark.count).elementsEqual(mark) && isLine ? .openMetrics : .text
    }

    /// The format that a `Content-Type` names; text where it names none, as Prometheus 2 took it.
    init?(contentType: String?) {
        let type = contentType?.prefix { $0 != ";" && $0 != "," }.lowercased() ?? ""
        switch type.filter({ $0 != " " && $0 != "\t" }) {
        case "application/openmetrics-text": self = .openMetrics
        case "application/vnd.google.protobuf": return nil
        default: self = .text
        }
    }
}
