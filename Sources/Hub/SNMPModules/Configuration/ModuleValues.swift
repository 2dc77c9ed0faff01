import SNMP

/// Reads values as go-yaml types them, and reports what is wrong.
///
/// Nil stands for an absent value, and for a wrong one after the report.
struct ModuleValues {
    let problems: ModuleProblems

    /// Calls `body` for each key of a map; it says whether it knows the key.
    func map(_ node: YAMLNode, named name: String, line: Int, _ known: [String], _ body: (YAMLEntry) -> Void) {
        guard let entries = node.entries else {
            return problems.report(line, "\(name) must be a map, got \(node.summary)")
        }
        for entry in entries {
            guard known.contains(entry.key) else {
                let suggestion = Spelling.suggestion(for: entry.key, in: known)
                problems.report(entry.line, "unknown key \(ConfigurationText.quote(entry.key))\(suggestion)")
                continue
            }
            if !entry.value.isNull { body(entry) }
        }
    }

    /// Calls `body` for each item of a list.
    func items(_ entry: YAMLEntry, _ body: (YAMLNode) -> Void) {
        guard case .sequence(let items) = entry.value.content else {
            return problems.report(entry.line, "\(entry.key) must be a list, got \(entry.value.summary)")
        }
        for item in items { body(item) }
    }

    func text(_ entry: YAMLEntry) -> String? { scalar(entry, "text")?.text }

    func texts(_ entry: YAMLEntry) -> [String] {
        var texts: [String] = []
        items(entry) { item in
            guard case .scalar(let scalar) = item.content else {
                return problems.report(item.line, "\(entry.key): an item must be text, got \(item.summary)")
            }
            texts.append(scalar.text)
        }
        return texts
    }

    func integer(_ entry: YAMLEntry, in range: ClosedRange<Int>) -> Int? {
        guard let scalar = scalar(entry, "a whole number") else { return nil }
        guard scalar.style == .plain, let value = Self.integer(scalar.text) else {
            problems.report(entry.line, "\(entry.key) must be a whole number, got \(scalar.summary)")
            return nil
        }
        guard range.contains(value) else {
            let most = range.upperBound
            problems.report(entry.line, "\(entry.key) must be from \(range.lowerBound) to \(most), got \(value)")
            return nil
        }
        return value
    }

    func number(_ entry: YAMLEntry) -> Double? {
        guard let scalar = scalar(entry, "a number") else { return nil }
        guard scalar.style == .plain, let value = Double(scalar.text), value.isFinite else {
            problems.report(entry.line, "\(entry.key) must be a number, got \(scalar.summary)")
            return nil
        }
        return value
    }

    func boolean(_ entry: YAMLEntry) -> Bool? {
        guard let scalar = scalar(entry, "true or false") else { return nil }
        if scalar.style == .plain {
            switch scalar.text.lowercased() {
            case "true", "yes", "on", "y": return true
            case "false", "no", "off", "n": return false
            default: break
            }
        }
        problems.report(entry.line, "\(entry.key) must be true or false, got \(scalar.summary)")
        return nil
    }

    func choice<Value: RawRepresentable<String> & CaseIterable>(_ entry: YAMLEntry) -> Value? {
        guard let text = text(entry) else { return nil }
        if let value = Value(rawValue: text) { return value }
        let names = Value.allCases.map(\.rawValue).joined(separator: ", ")
        problems.report(entry.line, "\(entry.key) must be one of \(names), got \(ConfigurationText.quote(text))")
        return nil
    }

    /// A time with its unit, above 0 and at most an hour.
    func duration(_ entry: YAMLEntry) -> Duration? {
        guard let scalar = scalar(entry, "a duration such as 5s") else { return nil }
        guard let value = GoDuration.parse(scalar.text) else {
            problems.report(entry.line, "\(entry.key) must be a duration such as 5s, got \(scalar.summary)")
            return nil
        }
        guard value > .zero, value <= .seconds(3600) else {
            problems.report(entry.line, "\(entry.key) must be above 0 and at most 1h, got \(scalar.text)")
            return nil
        }
        return value
    }

    func oid(_ entry: YAMLEntry) -> ObjectIdentifier? {
        text(entry).flatMap { oid($0, of: entry.key, line: entry.line) }
    }

    func oids(_ entry: YAMLEntry) -> [ObjectIdentifier] {
        var oids: [ObjectIdentifier] = []
        items(entry) { item in
            guard case .scalar(let scalar) = item.content else {
                let text = "\(entry.key): an item must be an object identifier, got \(item.summary)"
                return problems.report(item.line, text)
            }
            if let oid = oid(scalar.text, of: entry.key, line: item.line) { oids.append(oid) }
        }
        return oids
    }

    private func oid(_ text: String, of key: String, line: Int) -> ObjectIdentifier? {
        if let oid = ObjectIdentifier(text) { return oid }
        problems.report(
            line,
            "\(key) must be an object identifier such as 1.3.6.1.2.1.1, got \(ConfigurationText.quote(text))"
        )
        return nil
    }

    /// Texts by number; a text that looks like something else stays as it is written.
    func enumValues(_ entry: YAMLEntry) -> EnumValues {
        guard case .mapping(let entries) = entry.value.content else {
            problems.report(entry.line, "\(entry.key) must be a map, got \(entry.value.summary)")
            return [:]
        }
        var values: EnumValues = [:]
        values.reserveCapacity(entries.count)
        for item in entries {
            guard let number = Self.integer(item.key) else {
                let key = ConfigurationText.quote(item.key)
                problems.report(item.line, "\(entry.key): a key must be a whole number, got \(key)")
                continue
            }
            if let text = text(item) { values[number] = text }
        }
        return values
    }

    private func scalar(_ entry: YAMLEntry, _ expectation: String) -> YAMLScalar? {
        guard case .scalar(let scalar) = entry.value.content else {
            problems.report(entry.line, "\(entry.key) must be \(expectation), got \(entry.value.summary)")
            return nil
        }
        return scalar
    }

    /// As YAML 1.1 has whole numbers: decimal, `0x`, `0o`, with `_` between digits.
    static func integer(_ text: String) -> Int? {
        if let number = Int(text) { return number }
        let digits = text.filter { $0 != "_" }
        if digits.hasPrefix("0x") { return Int(digits.dropFirst(2), radix: 16) }
        if digits.hasPrefix("0o") { return Int(digits.dropFirst(2), radix: 8) }
        return Int(digits)
    }
}
