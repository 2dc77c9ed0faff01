import Exposition
import Logging
import NIOCore
import Relay

/// What the hub consists of beside its plugins; their samples are the hub's own.
struct HubParts {
    let http: HTTPMetrics
    /// Nil where nothing may be pushed.
    var pushes: PushStore?
    var relays: [ClientMetrics] = []
    var remoteWrite: [EndpointStatistics] = []
}

/// The hub behind its endpoints: asks the plugins, adds its own samples, merges.
final class ExporterHub: HubService {
    let manager: PluginManager
    let configuration: HubConfiguration
    private let listen: [String]
    private let parts: HubParts
    private let logger: Logger
    let counters = ScrapeCounters()
    private let process = ProcessMetrics()
    private let startedAt = NIODeadline.now()

    init(
        manager: PluginManager,
        configuration: HubConfiguration,
        listen: [String],
        parts: HubParts,
        logger: Logger
    ) {
        self.manager = manager
        self.configuration = configuration
        self.listen = listen
        self.parts = parts
        self.logger = logger
    }

    /// Groups that were pushed; nil where nothing may be.
    var pushes: PushStore? { parts.pushes }

    var isReady: Bool {
        get async { true }
    }

    func scrape(_ request: ScrapeRequest) async -> ScrapeResponse {
        let start = NIODeadline.now()
        let limit = ScrapeDeadline(configuration.scrape).limit(asked: request.timeout)
        let collection = await manager.collect(request.plugins, deadline: start + limit)
        let failed = Self.failures(in: collection, asked: request.plugins)
        counters.finished(seconds: (NIODeadline.now() - start).inSeconds, isComplete: failed.isEmpty)
        let merged = await merged(collection, isWhole: request.plugins.isEmpty)
        return ScrapeResponse(merged: merged, failed: failed, unknownPlugins: collection.unknown)
    }

    /// Joins what was collected; where it `isWhole`, with the hub's own samples.
    func merged(_ collection: Collection, isWhole: Bool, others: [Contribution] = []) async -> MergedExposition {
        var contributions = Self.contributions(of: collection) + others
        if isWhole {
            contributions.append(selfContribution(collection.reports))
            if let pushes { contributions.append(PushExposition.contribution(pushes.groups(at: Clock.unixSeconds()))) }
        }
        var merged = merge(contributions)
        let (new, totals) = counters.add(merged.conflicts)
        for conflict in new { report(conflict) }
        if isWhole,
            let dropped = HubMetrics.dropped(totals, plugins: collection.reports.filter(\.isEnabled).map(\.name))
        {
            merged.insert(dropped, source: "hub")
        }
        return merged
    }

    /// One contribution for each target of each plugin.
    private static func contributions(of collection: Collection) -> [Contribution] {
        collection.parts.map { part in
            Contribution(
                source: part.plugin,
                families: part.answer.families,
                collectedAt: part.answer.collectedAt.map { Int64($0 * 1000) }
            )
        }
    }

    private static func failures(in collection: Collection, asked: [String]) -> [String] {
        collection.parts.compactMap { part in
            part.answer.failure.map { failure in
                let target = part.target.isEmpty ? "" : " (\(part.target))"
                return "\(part.plugin)\(target): \(failure.reason.rawValue): \(failure.message)"
            }
        }
    }

    func selfContribution(_ reports: [PluginReport]) -> Contribution {
        var families = SelfFamilies()
        HubMetrics.add(counters.snapshot(), parts.http.snapshot(), to: &families)
        PluginMetrics.add(reports, to: &families)
        if let pushes { PushMetrics.add(pushes, to: &families) }
        RelayMetrics.add(parts.relays, to: &families)
        RemoteWriteMetrics.add(parts.remoteWrite, to: &families)
        process.add(to: &families)
        return Contribution(source: "hub", families: families.blocks, comesFirst: true)
    }

    func report(_ conflict: MergeConflict) {
        logger.warning(
            "conflicting samples",
            metadata: [
                "plugin": "\(conflict.source)", "family": "\(conflict.family)", "reason": "\(conflict.reason.rawValue)",
                "kept": "\(conflict.keptSource)", "dropped": "\(conflict.droppedSamples)",
            ]
        )
    }

    func reload() async -> ReloadReport {
        ReloadReport(problems: await manager.reload())
    }

    func status() async -> HubStatus {
        HubStatus(
            version: Version.program,
            uptimeSeconds: (NIODeadline.now() - startedAt).inSeconds,
            listen: listen,
            configurationFile: configuration.path,
            plugins: await manager.reports().map(PluginStatus.init),
            pushes: pushes.map { PushStatus($0.groups(at: Clock.unixSeconds())) },
            remoteWrite: parts.remoteWrite.map { EndpointStatus($0, secrets: configuration.secrets) },
            relays: parts.relays.map(RelayStatus.init)
        )
    }
}

/// How long a scrape may take.
struct ScrapeDeadline {
    private let configuration: ScrapeConfiguration

    init(_ configuration: ScrapeConfiguration) {
        self.configuration = configuration
    }

    /// The time for collecting: what the client waits, or the default, less the margin.
    ///
    /// A margin that would leave less than half of the time counts as half of it.
    func limit(asked: Duration?) -> TimeAmount {
        let wanted = TimeAmount(min(asked ?? configuration.timeout, configuration.maxTimeout))
        let margin = TimeAmount(configuration.timeoutMargin)
        return max(wanted - margin, .nanoseconds(wanted.nanoseconds / 2))
    }
}

extension PluginStatus {
    init(_ report: PluginReport) {
        let state: State
        if !report.isEnabled {
            state = .disabled
        } else if report.loadedAt == nil {
            state = .loadError
        } else if report.targets.contains(where: { $0.failure != nil }) {
            state = .failing
        } else if report.targets.allSatisfy({ $0.lastRun == nil }) {
            state = .waiting
        } else {
            state = .ok
        }
        self.init(
            name: report.name,
            help: report.help,
            path: report.path,
            state: state,
            loadedAt: report.loadedAt,
            reloads: report.reloads,
            loadError: report.loadError,
            memoryBytes: report.memorySize,
            memoryLimitBytes: report.memoryLimit,
            cpuSeconds: report.cpuSeconds,
            interval: report.interval.map { TimeAmount($0).inSeconds },
            targets: report.targets.map(TargetStatus.init)
        )
    }
}

extension TargetStatus {
    init(_ target: PluginReport.Target) {
        let now = Clock.unixSeconds()
        self.init(
            name: target.name,
            address: target.address,
            lastRun: target.lastRun,
            durationSeconds: target.lastRun == nil ? nil : target.duration,
            samples: target.samples,
            error: target.failure.map { "\($0.reason.rawValue): \($0.message)" },
            failures: target.failuresInARow,
            backoffUntil: target.backoffSeconds.map { now + $0 },
            ageSeconds: target.lastSuccess.map { now - $0 }
        )
    }
}
