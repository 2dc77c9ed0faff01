/// How one family appears in a format.
struct Presentation: Equatable {
    /// The word after `# TYPE`.
    let type: String
    /// The name in the family's `#` lines; nil when each suffix makes a family of its own.
    let name: String?

    static func parts(_ type: String) -> Presentation {
        Presentation(type: type, name: nil)
    }

    /// Text 0.0.4 and 1.0.0: what they have no type for becomes gauges.
    static func text(_ family: FamilyDescriptor) -> Presentation {
        switch family.kind {
        case .info, .stateset: Presentation(type: "gauge", name: family.name)
        case .gaugehistogram: .parts("gauge")
        case .counter, .gauge, .histogram, .summary, .untyped:
            Presentation(type: family.kind.rawValue, name: family.name)
        }
    }
}

/// Decides how families appear in OpenMetrics 1.0.
///
/// Samples keep the names they have in text. What OpenMetrics then has no room for is served as type `unknown`: a
/// counter without `_total`, a family whose reserved names another family bears, a histogram without a sum.
struct OpenMetricsPlan {
    private let directory: FamilyDirectory

    init(_ families: [MergedFamily]) {
        directory = FamilyDirectory(families)
    }

    func presentation(of family: MergedFamily) -> Presentation {
        let descriptor = family.descriptor
        let fits = family.blocks.allSatisfy(\.block.fitsOpenMetrics)
        switch descriptor.kind {
        case .gauge: return Presentation(type: "gauge", name: descriptor.name)
        case .untyped: return Presentation(type: "unknown", name: descriptor.name)
        case .stateset: return Presentation(type: fits ? "stateset" : "gauge", name: descriptor.name)
        case .info:
            guard fits, let base = descriptor.openMetricsBase, !directory.isTaken(base) else {
                return Presentation(type: "gauge", name: descriptor.name)
            }
            return Presentation(type: "info", name: base)
        case .counter:
            guard fits, let base = descriptor.openMetricsBase, isFree(counter: base) else {
                return Presentation(type: "unknown", name: descriptor.name)
            }
            return Presentation(type: "counter", name: base)
        case .histogram, .summary, .gaugehistogram:
            guard fits, !directory.isTaken(descriptor.name + "_created") else { return .parts("unknown") }
            return Presentation(type: descriptor.kind.rawValue, name: descriptor.name)
        }
    }

    /// Whether nobody else bears or reserves `x` and `x_created` of a counter `x_total`.
    private func isFree(counter base: String) -> Bool {
        // `y_created` is reserved by a family `y`; two counters can only meet there.
        guard base.droppingSuffix("_created") == nil, !directory.isTaken(base) else { return false }
        return !directory.isTaken(base + "_created") && directory.family(named: base + "_info") == nil
    }
}

/// The families of an exposition as a format names them, and how each appears in it.
struct PresentedExposition {
    let format: ExpositionFormat
    let families: [MergedFamily]
    let presentations: [Presentation]

    init(_ merged: MergedExposition, _ format: ExpositionFormat) {
        self.format = format
        let escaped = merged.escapingNames(for: format)
        guard format.isOpenMetrics else {
            families = escaped.families
            presentations = families.map { .text($0.descriptor) }
            return
        }
        families = escaped.joiningCreationTimes().families
        let plan = OpenMetricsPlan(families)
        presentations = families.map { plan.presentation(of: $0) }
    }

    /// Whether OpenMetrics has no room for a type that text has.
    var losesTypes: Bool {
        let kinds: Set<MetricKind> = [.counter, .histogram, .summary]
        return zip(families, presentations).contains { family, shown in
            shown.type == "unknown" && kinds.contains(family.descriptor.kind)
        }
    }
}

extension MergedExposition {
    /// Whether there are times of creation, for which text has no room.
    var hasCreationTimes: Bool {
        families.contains { family in
            family.blocks.contains { entry in entry.block.records.contains { $0.suffix == .created } }
        }
    }
}
