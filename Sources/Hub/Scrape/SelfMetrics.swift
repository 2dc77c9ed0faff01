import Exposition

/// Collects families of the hub's own samples.
///
/// All names and labels are fixed, so that nothing can fail.
struct SelfFamilies {
    private(set) var blocks: [FamilyBlock] = []

    /// Adds a family and calls `fill` to add its samples.
    mutating func add(
        _ kind: MetricKind,
        _ name: String,
        _ help: String,
        labels: [String] = [],
        fill: (_ add: (Double, [String]) -> Void) -> Void
    ) {
        var block = FamilyBlock(FamilyDescriptor(name: name, kind: kind, help: help))
        guard let layout = try? LabelLayout(names: labels, constants: []) else { return }
        fill { value, values in
            Self.withBytes(values) { try? block.append(value, layout: layout, labelValues: $0) }
        }
        blocks.append(block)
    }

    mutating func add(_ block: FamilyBlock) { blocks.append(block) }

    mutating func add(_ kind: MetricKind, _ name: String, _ help: String, _ value: Double) {
        add(kind, name, help) { add in add(value, []) }
    }

    /// Adds a family with one sample for each plugin.
    mutating func add(
        _ kind: MetricKind,
        _ name: String,
        _ help: String,
        of reports: [PluginReport],
        value: (PluginReport) -> Double
    ) {
        add(kind, name, help, labels: ["plugin"]) { add in
            for report in reports { add(value(report), [report.name]) }
        }
    }

    /// Calls `body` with the bytes of up to three strings.
    private static func withBytes(
        _ values: [String],
        _ body: (UnsafeBufferPointer<UnsafeRawBufferPointer>) -> Void
    ) {
        var bytes: [UInt8] = []
        var lengths: [Int] = []
        for value in values {
            bytes.append(contentsOf: value.utf8)
            lengths.append(value.utf8.count)
        }
        bytes.withUnsafeBytes { memory in
            var start = 0
            let parts = lengths.map { length in
                defer { start += length }
                return UnsafeRawBufferPointer(rebasing: memory[start..<start + length])
            }
            parts.withUnsafeBufferPointer(body)
        }
    }
}

/// The hub's metrics about its plugins.
enum PluginMetrics {
    static func add(_ reports: [PluginReport], to families: inout SelfFamilies) {
        let active = reports.filter(\.isEnabled)
        addRuns(active, to: &families)
        addStates(active, to: &families)
        PluginMemoryMetrics.add(active, to: &families)
        PluginAgentMetrics.add(active, to: &families)
        addTargets(active, to: &families)
        addProbes(active, to: &families)
    }

    private static func addRuns(_ reports: [PluginReport], to families: inout SelfFamilies) {
        families.add(.gauge, "hub_plugin_success", "Whether the last run of every target was good.", of: reports) {
            $0.isSuccess ? 1 : 0
        }
        families.add(.gauge, "hub_plugin_duration_seconds", "Time of the longest last run.", of: reports) {
            $0.targets.map(\.duration).max() ?? 0
        }
        families.add(.gauge, "hub_plugin_samples", "Samples of the last run of all targets.", of: reports) { report in
            Double(report.targets.reduce(0) { $0 + $1.samples })
        }
        families.add(
            .gauge,
            "hub_plugin_last_success_timestamp_seconds",
            "When the last good run ended; of the target for which that is longest ago.",
            of: reports
        ) { report in
            report.targets.map { $0.lastSuccess ?? 0 }.min() ?? 0
        }
        families.add(.counter, "hub_plugin_failures_total", "Failed runs and loads.", labels: ["plugin", "reason"]) {
            for report in reports {
                for reason in FailureReason.allCases {
                    $0(Double(report.failures[reason] ?? 0), [report.name, reason.rawValue])
                }
            }
        }
        families.add(
            .counter,
            "hub_plugin_postponed_runs_total",
            "Runs left out after repeated failure.",
            of: reports
        ) { Double($0.postponed) }
        families.add(.gauge, "hub_plugin_runs_in_progress", "Runs under way.", of: reports) {
            Double($0.runsInProgress)
        }
        families.add(
            .gauge,
            "hub_plugin_runs_waiting",
            "Runs that wait, for as many as may run at once are under way.",
            of: reports
        ) { Double($0.runsWaiting) }
    }

    private static func addStates(_ reports: [PluginReport], to families: inout SelfFamilies) {
        families.add(.gauge, "hub_plugin_up_to_date", "Whether the newest version is in use.", of: reports) {
            $0.loadError == nil ? 1 : 0
        }
        families.add(.counter, "hub_plugin_cpu_seconds_total", "CPU time of all runs.", of: reports) { $0.cpuSeconds }
        families.add(
            .counter,
            "hub_plugin_reloads_total",
            "Loads of changed versions.",
            labels: ["plugin", "result"]
        ) {
            for report in reports {
                $0(Double(report.reloads), [report.name, "success"])
                $0(Double(report.failedReloads), [report.name, "failure"])
            }
        }
        families.add(.counter, "hub_plugin_rebuilds_total", "States made anew after a broken limit.", of: reports) {
            Double($0.rebuilds)
        }
    }

    /// By plugin only: whoever probes can make up targets.
    private static func addProbes(_ reports: [PluginReport], to families: inout SelfFamilies) {
        let reports = reports.filter(\.probes.isPossible)
        guard !reports.isEmpty else { return }
        families.add(.counter, "hub_probes_total", "Probes of targets.", labels: ["plugin", "result"]) {
            for report in reports {
                for result in ProbeResult.allCases {
                    $0(Double(report.probes.results[result] ?? 0), [report.name, result.rawValue])
                }
            }
        }
        families.add(.gauge, "hub_probes_in_progress", "Probes that have not been answered.", of: reports) {
            Double($0.probes.inProgress)
        }
        families.add(
            .gauge,
            "hub_probe_targets",
            "Targets that are remembered because of probes, and not configured.",
            of: reports
        ) { Double($0.probes.targets) }
        families.add(.gauge, "hub_probe_targets_limit", "How many such targets there may be.", of: reports) {
            Double($0.probes.targetLimit)
        }
    }

    private static func addTargets(_ reports: [PluginReport], to families: inout SelfFamilies) {
        let labels = ["plugin", "target"]
        let targets = reports.flatMap { report in
            report.targets.filter { $0.address != nil }.map { (plugin: report.name, target: $0) }
        }
        guard !targets.isEmpty else { return }
        families.add(.gauge, "hub_target_up", "Whether the target's last run was good.", labels: labels) {
            for (plugin, target) in targets {
                $0(target.lastRun != nil && target.failure == nil ? 1 : 0, [plugin, target.name])
            }
        }
        families.add(
            .counter,
            "hub_target_failures_total",
            "Failed runs of the target.",
            labels: ["plugin", "target", "reason"]
        ) {
            for (plugin, target) in targets {
                // A plugin that does not load has no runs.
                for reason in FailureReason.allCases where reason != .load {
                    $0(Double(target.failures[reason] ?? 0), [plugin, target.name, reason.rawValue])
                }
            }
        }
        families.add(.gauge, "hub_target_duration_seconds", "Time of the target's last run.", labels: labels) {
            for (plugin, target) in targets { $0(target.duration, [plugin, target.name]) }
        }
        families.add(.gauge, "hub_target_samples", "Samples of the target's last run.", labels: labels) {
            for (plugin, target) in targets { $0(Double(target.samples), [plugin, target.name]) }
        }
        families.add(
            .gauge,
            "hub_target_last_success_timestamp_seconds",
            "When the target's last good run ended.",
            labels: labels
        ) {
            for (plugin, target) in targets { $0(target.lastSuccess ?? 0, [plugin, target.name]) }
        }
    }
}
