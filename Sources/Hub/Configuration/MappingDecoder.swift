/// Reads the keys of one map, reports what is wrong with each, and in the end the keys nobody asked for.
///
/// Every reading method gives nil for an absent key and, after a report, for a wrong value.
struct MappingDecoder {
    let context: DecodingContext
    /// Where the map's key stands.
    let line: Int
    private let entries: [YAMLEntry]
    private var known: [String] = []

    /// Nil after a report when the node is no map; an empty value is an empty map.
    init?(_ node: YAMLNode, named name: String, line: Int, in context: DecodingContext) {
        guard let entries = node.entries else {
            context.report(line, "\(name) must be a map, got \(node.summary)")
            return nil
        }
        self.context = context
        self.line = line
        self.entries = entries
    }

    /// All keys in the order of the file.
    var names: [String] { entries.map(\.key) }

    /// The entry as it stands.
    mutating func entry(_ key: String) -> YAMLEntry? {
        known.append(key)
        return entries.first { $0.key == key }
    }

    /// A map of its own under a key.
    mutating func map(_ key: String) -> MappingDecoder? {
        entry(key).flatMap { MappingDecoder($0.value, named: key, line: $0.line, in: context) }
    }

    /// Text that is not empty, references replaced.
    mutating func text(_ key: String) -> String? {
        guard let entry = entry(key), let scalar = scalar(entry, expectation: "text") else { return nil }
        guard !scalar.text.isEmpty else {
            context.report(entry.line, "\(key) must not be empty")
            return nil
        }
        return scalar.text
    }

    mutating func boolean(_ key: String) -> Bool? {
        let expectation = "true or false"
        guard let entry = entry(key), let scalar = scalar(entry, expectation: expectation) else { return nil }
        guard let value = Bool(scalar.text) else {
            context.report(entry.line, "\(key) must be \(expectation), got \(scalar.summary)")
            return nil
        }
        return value
    }

    mutating func choice<Value: RawRepresentable<String> & CaseIterable>(_ key: String) -> Value? {
        let expectation = "one of \(Value.allCases.map(\.rawValue).joined(separator: ", "))"
        guard let entry = entry(key), let scalar = scalar(entry, expectation: expectation) else { return nil }
        guard let value = Value(rawValue: scalar.text) else {
            context.report(entry.line, "\(key) must be \(expectation), got \(scalar.summary)")
            return nil
        }
        return value
    }

    mutating func amount<Value>(_ key: String, _ quantity: Quantity<Value>, _ bounds: Bounds<Value>) -> Value? {
        guard let entry = entry(key) else { return nil }
        guard let scalar = scalar(entry, expectation: quantity.expectation) else { return nil }
        guard let value = quantity.parse(scalar.text) else {
            context.report(entry.line, "\(key) must be \(quantity.expectation), got \(scalar.summary)")
            return nil
        }
        if let violation = bounds.violation(by: value, of: quantity) {
            let found = scalar.isSecret ? scalar.summary : scalar.text
            context.report(entry.line, "\(key) \(violation), got \(found)")
            return nil
        }
        return value
    }

    /// A list of different texts, none of them empty; `check` says what is wrong with one.
    mutating func texts(
        _ key: String,
        isRequired: Bool = false,
        check: (String) -> String? = { _ in nil }
    ) -> [String]? {
        guard let entry = entry(key) else { return nil }
        guard case .sequence(let items) = entry.value.content else {
            context.report(entry.line, "\(key) must be a list, got \(entry.value.summary)")
            return nil
        }
        if isRequired && items.isEmpty { context.report(entry.line, "\(key) must not be empty") }
        var texts: [String] = []
        for item in items {
            guard case .scalar(let written) = item.content, !written.isNull else {
                context.report(item.line, "\(key): an item must be text, got \(item.summary)")
                continue
            }
            guard let scalar = context.resolve(written, line: item.line) else { continue }
            if scalar.text.isEmpty {
                context.report(item.line, "\(key): an item must not be empty")
            } else if texts.contains(scalar.text) {
                context.report(item.line, "\(key): \(scalar.summary) is listed twice")
            } else if let problem = check(scalar.text) {
                context.report(item.line, "\(key): \(scalar.summary) \(problem)")
            }
            texts.append(scalar.text)
        }
        return texts
    }

    /// All keys with their texts, for a map whose keys are free; `check` says what is wrong with a key.
    func allTexts(check: (String) -> String?) -> [String: String] {
        var texts: [String: String] = [:]
        for entry in entries {
            if let problem = check(entry.key) { context.report(entry.line, problem) }
            guard let scalar = scalar(entry, expectation: "text") else { continue }
            if scalar.text.isEmpty { context.report(entry.line, "\(entry.key) must not be empty") }
            texts[entry.key] = scalar.text
        }
        return texts
    }

    /// Reports the keys that no method was asked for.
    func finish() {
        for entry in entries where !known.contains(entry.key) {
            let suggestion = Spelling.suggestion(for: entry.key, in: known)
            context.report(entry.line, "unknown key \(ConfigurationText.quote(entry.key))\(suggestion)")
        }
    }

    private func scalar(_ entry: YAMLEntry, expectation: String) -> YAMLScalar? {
        guard case .scalar(let scalar) = entry.value.content, !scalar.isNull else {
            context.report(entry.line, "\(entry.key) must be \(expectation), got \(entry.value.summary)")
            return nil
        }
        return context.resolve(scalar, line: entry.line)
    }
}
