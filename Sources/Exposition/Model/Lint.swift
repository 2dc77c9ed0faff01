/// The rules of `promtool check metrics` (client_golang's promlint), in its words.
extension FamilyDescriptor {
    /// What promtool would say about the family; advice, never a reason to refuse it.
    package func lintWarnings(labelNames: [String]) -> [String] {
        var warnings: [String] = []
        if help.isEmpty { warnings.append("no help text") }
        lintSuffixes(&warnings)
        lintLabels(labelNames, &warnings)
        lintSpelling(&warnings)
        lintUnits(&warnings)
        return warnings
    }

    private func lintSuffixes(_ warnings: inout [String]) {
        // An untyped family has no type that its name could contradict.
        guard kind != .untyped else { return }
        if kind == .counter, !name.hasSuffix("_total") {
            warnings.append("counter metrics should have \"_total\" suffix")
        }
        if kind != .counter, name.hasSuffix("_total") {
            warnings.append("non-counter metrics should not have \"_total\" suffix")
        }
        let isHistogram = kind == .histogram || kind == .gaugehistogram
        if !isHistogram, name.hasSuffix("_bucket") {
            warnings.append("non-histogram metrics should not have \"_bucket\" suffix")
        }
        for suffix in ["_count", "_sum"] where !isHistogram && kind != .summary && name.hasSuffix(suffix) {
            warnings.append("non-histogram and non-summary metrics should not have \"\(suffix)\" suffix")
        }
    }

    private func lintLabels(_ labelNames: [String], _ warnings: inout [String]) {
        let isHistogram = kind == .histogram || kind == .gaugehistogram
        if kind != .untyped, !isHistogram, labelNames.contains("le") {
            warnings.append("non-histogram metrics should not have \"le\" label")
        }
        if kind != .untyped, kind != .summary, labelNames.contains("quantile") {
            warnings.append("non-summary metrics should not have \"quantile\" label")
        }
        if labelNames.contains(where: isCamelCase) {
            warnings.append("label names should be written in 'snake_case' not 'camelCase'")
        }
    }

    private func lintSpelling(_ warnings: inout [String]) {
        if name.contains(":") { warnings.append("metric names should not contain ':'") }
        if isCamelCase(name) {
            warnings.append("metric names should be written in 'snake_case' not 'camelCase'")
        }
        let words = name.lowercased().split(separator: "_", omittingEmptySubsequences: false).dropFirst()
        for type in ["counter", "gauge", "summary", "histogram"] where words.contains(Substring(type)) {
            warnings.append("metric name should not include type '\(type)'")
        }
        if words.contains(where: { Units.abbreviations.contains(String($0)) }) {
            warnings.append("metric names should not contain abbreviated units")
        }
    }

    private func lintUnits(_ warnings: inout [String]) {
        for word in name.split(separator: "_") {
            guard let base = Units.base(of: String(word)), base != word else { continue }
            warnings.append("use base unit \"\(base)\" instead of \"\(word)\"")
        }
    }

    private func isCamelCase(_ text: String) -> Bool {
        zip(text.utf8, text.utf8.dropFirst()).contains { first, second in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first)
                && (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(second)
        }
    }
}

/// The unit words promlint knows.
private enum Units {
    static let abbreviations: Set<String> = [
        "s", "ms", "us", "ns", "sec", "b", "kb", "mb", "gb", "tb", "pb", "m", "h", "d",
    ]

    private static let bases = [
        "amperes": "amperes", "bytes": "bytes", "celsius": "celsius", "grams": "grams", "joules": "joules",
        "kelvin": "kelvin", "meters": "meters", "metres": "metres", "seconds": "seconds", "volts": "volts",
        "minutes": "seconds", "hours": "seconds", "days": "seconds", "weeks": "seconds", "kelvins": "kelvin",
        "fahrenheit": "celsius", "rankine": "celsius", "inches": "meters", "yards": "meters", "miles": "meters",
        "bits": "bytes", "calories": "joules", "pounds": "grams", "ounces": "grams",
    ]

    private static let prefixes = [
        "pico", "nano", "micro", "milli", "centi", "deci", "deca", "hecto", "kilo", "kibi", "mega", "mebi", "mibi",
        "giga", "gibi", "tera", "tebi", "peta", "pebi",
    ]

    /// The base unit of a word that is a unit, with or without a prefix.
    static func base(of word: String) -> String? {
        if let base = bases[word] { return base }
        for prefix in prefixes where word.hasPrefix(prefix) {
            if let base = bases[String(word.dropFirst(prefix.count))] { return base }
        }
        return nil
    }
}
