import Exposition
import LinearRegex
import SNMP

/// How a module's samples are made.
struct TranslationOptions {
    /// Whether 64-bit counters start anew at 2^53, from where on samples would skip whole numbers.
    var wrapsCounters = true
    /// Labels that every sample bears; a module's label of the same name becomes `exported_NAME`.
    var labels: [(name: String, value: String)] = []
    /// Samples that may be made.
    var maximumSamples = Int.max
    /// Bytes that samples and labels may take while they are made: a long text may become a label of every row.
    var maximumBytes = Int.max
}

/// What a module made of an agent's answers.
struct Translation {
    var families: [FamilyBlock] = []
    /// Samples that were left out because there was one of that name and labels, or no sample can be like that.
    var dropped = 0
    /// What was left out first, and why.
    var firstDropped: String?
    /// What of the result there would have been more of than is allowed.
    var excess: Excess?

    enum Excess: Equatable {
        case samples
        case bytes
    }
}

/// Translates an agent's answers into families, as snmp_exporter does; pure.
struct ModuleTranslator {
    private let module: CompiledModule
    private let options: TranslationOptions
    private let bindings: SortedBindings
    private var labels: RowLabels
    private var result = Translation()
    private var samples = 0
    private var bytes = 0
    /// By name, the place of a family among the result's.
    private var places: [String: Int] = [:]
    /// The same by metric, for families that have just the metric's name.
    private var plainPlaces: [Int?]
    /// By labelling, and by metric where one of its labels is named as the metric.
    private var layouts: [LabelLayout?]
    private var ownLayouts: [Int: LabelLayout] = [:]

    /// One sample before its labels are written.
    private struct Draft {
        /// What follows the metric's name and its help in the family's.
        var suffix = ""
        var helpSuffix = ""
        var kind = MetricKind.gauge
        var value: Double
        /// The text of the label that is named as the metric.
        var own: Range<Int>?
    }

    private init(_ module: CompiledModule, _ bindings: SortedBindings, _ options: TranslationOptions) {
        self.module = module
        self.options = options
        self.bindings = bindings
        labels = RowLabels(bindings, module.labellings, wrapsCounters: options.wrapsCounters)
        plainPlaces = Array(repeating: nil, count: module.metrics.count)
        layouts = Array(repeating: nil, count: module.labellings.count)
    }

    static func translate(
        _ bindings: [VariableBinding],
        _ module: CompiledModule,
        _ options: TranslationOptions = TranslationOptions()
    ) -> Translation {
        var translator = ModuleTranslator(module, SortedBindings(bindings), options)
        translator.translateAll()
        return translator.result
    }

    private mutating func translateAll() {
        var last: Int?
        for binding in bindings.all {
            guard result.excess == nil else { break }
            let isSame = last.map { binding.name.isBelow(module.metrics[$0].metric.oid) } ?? false
            guard let number = isSame ? last : module.metric(of: binding.name) else { continue }
            last = number
            translate(binding, number)
        }
        for index in result.families.indices { result.families[index].seal() }
    }

    private mutating func translate(_ binding: VariableBinding, _ number: Int) {
        let compiled = module.metrics[number]
        let rest = binding.name.components.dropFirst(compiled.metric.oid.components.count)
        let plain = PlainValue(binding.value)
        labels.read(compiled.labelling, rest: rest)
        var draft = Draft(value: 0)
        switch compiled.metric.type {
        case .counter, .gauge:
            draft.kind = compiled.metric.type == .counter ? .counter : .gauge
            draft.value = plain.number(wrappingCounters: options.wrapsCounters)
        case .dateAndTime, .parsedDateAndTime, .ntpTimeStamp:
            guard let time = time(plain, compiled) else { return }
            draft.value = time
        case .enumAsInfo: return addInfo(plain.state(wrappingCounters: options.wrapsCounters), number)
        case .enumAsStateSet: return addStates(plain.state(wrappingCounters: options.wrapsCounters), number)
        case .bits: return addBits(plain, number)
        case .text(let format):
            let format = textFormat(format, compiled, rest)
            guard compiled.metric.extracts.isEmpty else { return addExtracts(plain, format, number) }
            draft.value = 1
            if !compiled.hasOwnLabel {
                draft.own = labels.append {
                    ValueText.append(plain, format, hint: compiled.metric.displayHint, to: &$0)
                }
            }
        }
        draft.value = scaled(draft.value, compiled)
        add(draft, number)
    }

    private func scaled(_ value: Double, _ compiled: CompiledMetric) -> Double {
        let scale = compiled.metric.scale
        return (scale == 0 ? value : value * scale) + compiled.metric.offset
    }

    private func time(_ value: PlainValue, _ compiled: CompiledMetric) -> Double? {
        if compiled.metric.type == .parsedDateAndTime {
            var text: [UInt8] = []
            ValueText.append(value, .displayString, hint: "", to: &text)
            return DateTimeReader.seconds(String(decoding: text, as: UTF8.self), compiled.metric.dateTimePattern).map {
                Double($0)
            }
        }
        guard case .octets(let bytes) = value else { return nil }
        return compiled.metric.type == .dateAndTime ? Moments.dateAndTime(bytes) : Moments.ntpTimeStamp(bytes)
    }

    /// The format of a text; what stands in the column before may tell it.
    private func textFormat(
        _ format: ValueFormat?,
        _ compiled: CompiledMetric,
        _ rest: ArraySlice<UInt32>
    ) -> ValueFormat? {
        guard let introduced = format?.introduced else { return format }
        let value = compiled.introducer.flatMap { bindings.value($0.components + rest) }
        let number = value.map { PlainValue($0).state(wrappingCounters: options.wrapsCounters) }
        return number.flatMap(introduced) ?? .octetString
    }

    // MARK: Values with several samples

    private mutating func addInfo(_ value: Int, _ number: Int) {
        let metric = module.metrics[number].metric
        // The same text is in the label of the index already.
        guard !module.metrics[number].hasOwnLabel else { return }
        var draft = Draft(suffix: "_info", helpSuffix: " (EnumAsInfo)", value: 1)
        draft.own = append(state: metric.enumValues[value] ?? String(value))
        add(draft, number)
    }

    private mutating func addStates(_ value: Int, _ number: Int) {
        let metric = module.metrics[number].metric
        var draft = Draft(helpSuffix: " (EnumAsStateSet)", value: 1)
        draft.own = append(state: metric.enumValues[value] ?? String(value))
        add(draft, number)
        draft.value = 0
        for (other, name) in metric.enumValues.sorted(by: { $0.key < $1.key }) where other != value {
            draft.own = append(state: name)
            add(draft, number)
        }
    }

    /// Bit 0 is the most significant of the first byte (RFC 2578 §7.1.4).
    private mutating func addBits(_ value: PlainValue, _ number: Int) {
        let metric = module.metrics[number].metric
        guard case .octets(let bytes) = value else {
            return drop(metric.name, "the value of Bits must be octets")
        }
        var draft = Draft(helpSuffix: " (Bits)", value: 0)
        for (bit, name) in metric.enumValues.sorted(by: { $0.key < $1.key }) {
            let isInside = bit >= 0 && bit < bytes.count * 8
            draft.value = isInside && bytes[bit / 8] & (128 >> UInt8(bit % 8)) != 0 ? 1 : 0
            draft.own = append(state: name)
            add(draft, number)
        }
    }

    private mutating func append(state: String) -> Range<Int> {
        labels.append { $0.append(contentsOf: state.utf8) }
    }

    private mutating func addExtracts(_ value: PlainValue, _ format: ValueFormat?, _ number: Int) {
        let metric = module.metrics[number].metric
        var bytes: [UInt8] = []
        ValueText.append(value, format, hint: metric.displayHint, to: &bytes)
        let text = String(decoding: bytes, as: UTF8.self)
        for (suffix, rules) in metric.extracts {
            for rule in rules {
                guard let match = rule.pattern.firstMatch(in: text), let found = GoFloat.parse(match.expand(rule.value))
                else { continue }
                let value = scaled(found, module.metrics[number])
                add(Draft(suffix: suffix, helpSuffix: " (regex extracted)", value: value), number)
                break
            }
        }
    }

    // MARK: Adding

    private mutating func add(_ draft: Draft, _ number: Int) {
        guard samples < options.maximumSamples else {
            result.excess = .samples
            return
        }
        let metric = module.metrics[number]
        guard let layout = layout(metric, number, hasOwn: draft.own != nil) else {
            return drop(metric.metric.name + draft.suffix, "label \"\(metric.metric.name)\" is given twice")
        }
        let place = place(of: draft, number)
        let before = result.families[place].byteCount
        do throws(SampleError) {
            try labels.append(draft.value, layout, own: draft.own, to: &result.families[place])
            samples += 1
            bytes += result.families[place].byteCount - before
        } catch {
            drop(metric.metric.name + draft.suffix, error.description)
        }
        if bytes + labels.byteCount > options.maximumBytes { result.excess = .bytes }
    }

    private mutating func place(of draft: Draft, _ number: Int) -> Int {
        if draft.suffix.isEmpty, let place = plainPlaces[number] { return place }
        let metric = module.metrics[number].metric
        let name = metric.name + draft.suffix
        let place = places[name] ?? result.families.count
        if place == result.families.count {
            places[name] = place
            let help = metric.help + draft.helpSuffix
            result.families.append(FamilyBlock(FamilyDescriptor(name: name, kind: draft.kind, help: help)))
        }
        if draft.suffix.isEmpty { plainPlaces[number] = place }
        return place
    }

    private mutating func layout(_ metric: CompiledMetric, _ number: Int, hasOwn: Bool) -> LabelLayout? {
        if let layout = hasOwn ? ownLayouts[number] : layouts[metric.labelling] { return layout }
        var names = module.labellings[metric.labelling].labels.map(\.name)
        if hasOwn { names.append(metric.metric.name) }
        let taken = options.labels
        let renamed = names.map { name in taken.contains { $0.name == name } ? "exported_" + name : name }
        let layout = try? LabelLayout(names: renamed, constants: options.labels)
        if hasOwn { ownLayouts[number] = layout } else { layouts[metric.labelling] = layout }
        return layout
    }

    private mutating func drop(_ name: String, _ reason: String) {
        result.dropped += 1
        result.firstDropped = result.firstDropped ?? "\(name): \(reason)"
    }
}
