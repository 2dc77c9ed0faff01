/// Which names a declaration may use.
package enum NamingRules: String, Sendable, CaseIterable {
    /// The alphabet of Prometheus 2, `_total` at the end of counters and nowhere else.
    case strict
    /// The alphabet of Prometheus 2 and nothing more, for names that others fixed long ago.
    case legacy
    /// As `strict`, in any alphabet (Prometheus 3).
    case utf8
}

extension FamilyDescriptor {
    /// What makes a declaration unusable, one sentence each; empty when it is fine.
    ///
    /// Collisions with other families are not seen here: they are for the registry and the merge.
    package func problems(labelNames: [String], naming: NamingRules = .strict) -> [String] {
        nameProblems(naming) + labelProblems(labelNames, naming)
    }

    private func nameProblems(_ naming: NamingRules) -> [String] {
        guard !name.isEmpty else { return ["metric name is empty"] }
        var problems: [String] = []
        if naming != .utf8, !MetricName.isValidLegacy(name) {
            problems.append("metric name must match [a-zA-Z_:][a-zA-Z0-9_:]*, got \"\(name)\"")
        }
        if help.isEmpty { problems.append("help of \"\(name)\" is missing") }
        guard naming != .legacy else { return problems }
        let hasTotal = name.droppingSuffix("_total") != nil
        if kind == .counter, !hasTotal {
            problems.append("name of a counter must end in _total, got \"\(name)\"")
        }
        if kind != .counter, kind != .untyped, hasTotal {
            problems.append("name of a \(kind.rawValue) must not end in _total, got \"\(name)\"")
        }
        if kind == .info, name.droppingSuffix("_info") == nil {
            problems.append("name of an info must end in _info, got \"\(name)\"")
        }
        if !unit.isEmpty, !(openMetricsBase ?? name).hasSuffix("_" + unit) {
            problems.append("name of a family with unit \(unit) must end in it, got \"\(name)\"")
        }
        return problems
    }

    private func labelProblems(_ names: [String], _ naming: NamingRules) -> [String] {
        var problems: [String] = []
        for (position, label) in names.enumerated() {
            if label.isEmpty {
                problems.append("label name is empty")
            } else if naming != .utf8, !LabelName.isValidLegacy(label) {
                problems.append("label name must match [a-zA-Z_][a-zA-Z0-9_]*, got \"\(label)\"")
            } else if LabelName.isReserved(label, in: self) {
                problems.append("label \"\(label)\" is reserved")
            }
            if names[..<position].contains(where: { $0.hasSameBytes(as: label) }) {
                problems.append("label \"\(label)\" is given twice")
            }
        }
        return problems
    }
}
