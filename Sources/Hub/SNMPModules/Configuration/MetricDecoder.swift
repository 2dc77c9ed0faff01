import Exposition
import LinearRegex
import SNMP

/// Decodes the metrics of a module.
extension ModuleDecoder {
    private static let metricKeys = [
        "name", "oid", "type", "help", "indexes", "lookups", "regex_extracts", "datetime_pattern", "enum_values",
        "offset", "scale", "display_hint",
    ]
    /// Sub-identifiers of an index.
    private static let mostSubIdentifiers = ObjectIdentifier.longest

    func metric(_ node: YAMLNode) -> ModuleMetric? {
        var metric = ModuleMetric()
        values.map(node, named: "a metric", line: node.line, Self.metricKeys) { entry in
            switch entry.key {
            case "name": metric.name = values.text(entry) ?? ""
            case "oid": metric.oid = values.oid(entry) ?? metric.oid
            case "type": metric.type = metricType(entry) ?? metric.type
            case "help": metric.help = values.text(entry) ?? ""
            case "indexes": values.items(entry) { metric.indexes.append(index($0)) }
            case "lookups": values.items(entry) { metric.lookups.append(lookup($0)) }
            case "regex_extracts": metric.extracts = extracts(entry)
            case "datetime_pattern": metric.dateTimePattern = values.text(entry) ?? ""
            case "enum_values": metric.enumValues = values.enumValues(entry)
            case "offset": metric.offset = values.number(entry) ?? 0
            case "scale": metric.scale = values.number(entry) ?? 0
            default: metric.displayHint = values.text(entry) ?? ""
            }
        }
        return isComplete(metric, node) ? metric : nil
    }

    private func isComplete(_ metric: ModuleMetric, _ node: YAMLNode) -> Bool {
        guard let entries = node.entries else { return false }
        for key in ["name", "oid"] where !entries.contains(where: { $0.key == key && !$0.value.isNull }) {
            values.problems.report(node.line, "a metric must have \(key == "oid" ? "an oid" : "a name")")
            return false
        }
        for (position, index) in metric.indexes.enumerated() where index.isImplied {
            guard position + 1 < metric.indexes.count else { continue }
            let label = ConfigurationText.quote(index.label)
            values.problems.report(node.line, "index \(label) is implied and must then be the last one")
        }
        return !metric.oid.components.isEmpty
    }

    private func metricType(_ entry: YAMLEntry) -> ModuleMetricType? {
        guard let text = values.text(entry) else { return nil }
        if let type = ModuleMetricType(named: text) { return type }
        reportType(text, entry, ModuleMetricType.names)
        return nil
    }

    private func format(_ entry: YAMLEntry) -> ValueFormat? {
        guard let text = values.text(entry) else { return nil }
        if let type = ValueFormat(named: text) { return type }
        // What is looked up as these is written as it comes.
        if ["", "Bits", "Float", "Double"].contains(text) { return nil }
        reportType(text, entry, ValueFormat.names)
        return nil
    }

    private func indexFormat(_ entry: YAMLEntry) -> ValueFormat? {
        guard let text = values.text(entry) else { return nil }
        if let type = ValueFormat(named: text) { return type }
        reportType(text, entry, ValueFormat.names)
        return nil
    }

    private func reportType(_ text: String, _ entry: YAMLEntry, _ names: [String]) {
        let suggestion = Spelling.suggestion(for: text, in: names)
        let quoted = ConfigurationText.quote(text)
        let all = suggestion.isEmpty ? ": must be one of \(names.joined(separator: ", "))" : suggestion
        values.problems.report(entry.line, "unknown type \(quoted)\(all)")
    }

    private func index(_ node: YAMLNode) -> ModuleIndex {
        var index = ModuleIndex()
        let keys = ["labelname", "type", "fixed_size", "implied", "enum_values"]
        values.map(node, named: "an index", line: node.line, keys) { entry in
            switch entry.key {
            case "labelname": index.label = label(entry)
            case "type": index.type = indexFormat(entry) ?? index.type
            case "fixed_size":
                index.fixedSize = values.integer(entry, in: 0...Self.mostSubIdentifiers) ?? 0
            case "implied": index.isImplied = values.boolean(entry) ?? false
            default: index.enumValues = values.enumValues(entry)
            }
        }
        require(["labelname", "type"], of: node, "an index")
        return index
    }

    private func lookup(_ node: YAMLNode) -> ModuleLookup {
        var lookup = ModuleLookup()
        let keys = ["labels", "labelname", "oid", "type", "display_hint", "enum_values"]
        values.map(node, named: "a lookup", line: node.line, keys) { entry in
            switch entry.key {
            case "labels": lookup.sources = values.texts(entry)
            case "labelname": lookup.label = label(entry)
            case "oid": lookup.oid = values.oid(entry) ?? lookup.oid
            case "type": lookup.type = format(entry)
            case "display_hint": lookup.displayHint = values.text(entry) ?? ""
            default: lookup.enumValues = values.enumValues(entry)
            }
        }
        require(lookup.sources.isEmpty ? ["labelname"] : ["labelname", "oid"], of: node, "a lookup")
        return lookup
    }

    private func require(_ keys: [String], of node: YAMLNode, _ name: String) {
        guard let entries = node.entries else { return }
        for key in keys where !entries.contains(where: { $0.key == key && !$0.value.isNull }) {
            values.problems.report(node.line, "\(name) must have \(key == "oid" ? "an" : "a") \(key)")
        }
    }

    private func label(_ entry: YAMLEntry) -> String {
        let text = values.text(entry) ?? ""
        if !LabelName.isValidLegacy(text) || LabelName.isReserved(text) {
            values.problems.report(entry.line, "\(ConfigurationText.quote(text)) is no name for a label")
        }
        return text
    }

    private func extracts(_ entry: YAMLEntry) -> [(suffix: String, rules: [RegexExtract])] {
        guard case .mapping(let entries) = entry.value.content else {
            values.problems.report(entry.line, "\(entry.key) must be a map, got \(entry.value.summary)")
            return []
        }
        return entries.map { item in
            var rules: [RegexExtract] = []
            if !item.value.isNull { values.items(item) { if let rule = extract($0) { rules.append(rule) } } }
            return (item.key, rules)
        }
    }

    private func extract(_ node: YAMLNode) -> RegexExtract? {
        var pattern: LinearRegex?
        var value = "$1"
        values.map(node, named: "an extract", line: node.line, ["value", "regex"]) { entry in
            guard let text = values.text(entry) else { return }
            if entry.key == "value" {
                value = text
            } else {
                pattern = self.pattern(text, line: entry.line, isWhole: true)
            }
        }
        require(["regex"], of: node, "an extract")
        return pattern.map { RegexExtract(pattern: $0, value: value) }
    }
}
