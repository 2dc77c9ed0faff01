import Exposition
import Glibc
import Logging
import NIOCore
import NIOPosix
import RemoteWrite
import ServiceLifecycle

/// Collects for remote write and hands what it has to the endpoints.
///
/// Background runs are sent as they end; what has no interval of its own is collected at the writer's, as a scrape would
/// be, and so are pushed groups. All of it is merged as `/metrics` is, so that what would conflict there is not sent.
actor RemoteWriter: Service {
    /// Background runs that end within this time of each other are queued together.
    static let gatheringTime = Duration.milliseconds(200)
    /// What a round reads without collecting it: the hub's own samples, and pushed ones.
    private struct Source {
        /// Of its part.
        let name: String
        let labels: [Label]
        var contribution: Contribution
    }

    private let configuration: HubConfiguration
    private let mailbox: RunMailbox
    private let manager: PluginManager
    private let endpoints: [EndpointWriter]
    private let ownFamilies: @Sendable ([PluginReport]) -> Contribution
    private let pushes: PushStore?
    private let loop: any EventLoop
    private let instance: String
    /// What each target left last.
    private var latest: [RunMailbox.PartName: CollectedPart] = [:]
    /// What the last round read.
    private var sources: [Source] = []

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.executor.asUnownedSerialExecutor() }

    /// `statistics` are those of the configured endpoints; `ownFamilies` makes the hub's own samples.
    init(
        _ configuration: HubConfiguration,
        statistics: [EndpointStatistics],
        mailbox: RunMailbox,
        manager: PluginManager,
        pushes: PushStore?,
        logger: Logger,
        ownFamilies: @escaping @Sendable ([PluginReport]) -> Contribution
    ) throws {
        let settings = configuration.remoteWrite
        // One thread for connections and merging, one for each endpoint's queue.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1 + statistics.count)
        let loop = group.next()
        self.configuration = configuration
        self.mailbox = mailbox
        self.manager = manager
        self.pushes = pushes
        self.ownFamilies = ownFamilies
        self.loop = loop
        instance = settings.instance ?? HostName.current
        let external = configuration.externalLabels.sorted { $0.key < $1.key }.map { Label($0.key, $0.value) }
        endpoints = try statistics.map { one in
            EndpointWriter(
                one,
                settings,
                externalLabels: external,
                folder: configuration.stateDirectory,
                client: try EndpointClient(one.configuration, on: loop),
                on: group.next(),
                logger: logger
            )
        }
    }

    func run() async throws {
        await withDiscardingTaskGroup { group in
            for endpoint in endpoints { group.addTask { await endpoint.run() } }
            await cancelWhenGracefulShutdown { await self.collect() }
            // What came last is queued before the end; it is sent after the next start.
            flush(mailbox.empty(), round: nil)
            for endpoint in endpoints { endpoint.finish() }
        }
    }

    private func collect() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.collectRounds() }
            for await _ in mailbox.signal.stream {
                flush(mailbox.empty(), round: nil)
                guard (try? await Task.sleep(for: Self.gatheringTime)) != nil else { break }
            }
            group.cancelAll()
        }
    }

    // MARK: Collecting

    /// What one round collected.
    private struct Round {
        let collection: Collection
        /// Unix seconds of its beginning.
        let time: Double
    }

    private func collectRounds() async {
        let period = TimeAmount(configuration.remoteWrite.interval)
        let limit = min(period, TimeAmount(configuration.scrape.timeout))
        let phase = RunPhase(plugin: "remote_write", target: instance)
        let first = NIODeadline.now()
        var next = phase.second(afterFirst: first, every: period)
        while !Task.isCancelled {
            let time = Clock.unixSeconds()
            let collection = await manager.collect([], deadline: .now() + limit)
            guard !Task.isCancelled else { return }
            flush(mailbox.empty(), round: Round(collection: collection, time: time))
            guard (try? await Task.sleep(for: .nanoseconds((next - .now()).nanoseconds))) != nil else { return }
            next = phase.next(after: .now(), every: period)
        }
    }

    /// Hands on what is new.
    private func flush(_ content: RunMailbox.Content, round: Round?) {
        guard !content.isEmpty || round != nil else { return }
        for turn in content.turns.dropLast() {
            latest.merge(turn) { $1 }
            offer(Set(turn.keys), ended: [], isRound: false, time: Clock.unixSeconds())
        }
        let turn = content.turns.last ?? [:]
        latest.merge(turn) { $1 }
        var updated = Set(turn.keys)
        var ended: [String] = []
        for name in latest.keys where content.removed.contains(name.plugin) {
            latest[name] = nil
            updated.remove(name)
            ended.append(Self.name(of: name))
        }
        if let round { take(round, &updated) }
        offer(updated, ended: ended, isRound: round != nil, time: round?.time ?? Clock.unixSeconds())
    }

    /// Takes what a round collected, except of what is collected in the background: that comes by itself.
    private func take(_ round: Round, _ updated: inout Set<RunMailbox.PartName>) {
        let background = Set(round.collection.reports.filter { $0.interval != nil }.map(\.name))
        var found: Set<RunMailbox.PartName> = []
        for part in round.collection.parts {
            let name = RunMailbox.PartName(plugin: part.plugin, target: part.target)
            found.insert(name)
            guard !background.contains(part.plugin) else { continue }
            updated.insert(name)
            latest[name] = CollectedPart(
                plugin: part.plugin,
                target: part.target,
                families: part.answer.families,
                isSuccess: part.answer.failure == nil,
                time: round.time
            )
        }
        latest = latest.filter { found.contains($0.key) }
        updated.formIntersection(found)
        sources = read(round)
    }

    /// The groups' samples have the job and the instance that they were pushed with, or an empty instance.
    private func read(_ round: Round) -> [Source] {
        let labels = [Label("instance", instance), Label("job", job("hub"))]
        let own = Source(name: "hub", labels: labels, contribution: ownFamilies(round.collection.reports))
        guard let pushes else { return [own] }
        let groups = PushExposition.contribution(pushes.groups(at: round.time))
        return [own, Source(name: PushExposition.source, labels: [], contribution: groups)]
    }

    private func offer(_ updated: Set<RunMailbox.PartName>, ended: [String], isRound: Bool, time: Double) {
        var contributions: [Contribution] = []
        var parts: [Int: CollectedBatch.Part] = [:]
        for (number, (name, part)) in latest.sorted(by: { $0.key < $1.key }).enumerated() {
            let families = part.families + [Self.up(part, job: job(name.plugin))]
            contributions.append(Contribution(source: name.plugin, families: families, origin: number + 1))
            guard updated.contains(name) else { continue }
            let labels = [Label("instance", instance), Label("job", job(name.plugin))]
            parts[number + 1] = .init(name: Self.name(of: name), labels: labels, time: Int64(part.time * 1000))
        }
        for (number, source) in sources.enumerated() {
            let origin = latest.count + 1 + number
            var contribution = source.contribution
            contribution.origin = origin
            contributions.append(contribution)
            guard isRound else { continue }
            parts[origin] = .init(name: source.name, labels: source.labels, time: Int64(time * 1000))
        }
        // Remote write 1.0 has no other names.
        let merged = merge(contributions).escapingNames(for: .text)
        var batch = CollectedBatch(merged: merged, parts: parts, ended: ended, time: Int64(time * 1000))
        if isRound { batch.existing = Set(latest.keys.map(Self.name)).union(sources.map(\.name)) }
        for endpoint in endpoints { endpoint.offer(batch) }
    }

    private func job(_ plugin: String) -> String { configuration.remoteWrite.job ?? plugin }

    /// Apart from the hub's own part and that of pushes by the slash.
    private static func name(of part: RunMailbox.PartName) -> String { "\(part.plugin)/\(part.target)" }

    /// Prometheus's `up`, of a target; with its job, for without it all would be the same series.
    private static func up(_ part: CollectedPart, job: String) -> FamilyBlock {
        var block = FamilyBlock(
            FamilyDescriptor(name: "up", kind: .gauge, help: "Whether the last run of the target was good.")
        )
        let target = part.target.isEmpty ? [] : [(name: "target", value: part.target)]
        try? block.append(part.isSuccess ? 1 : 0, labels: [(name: "job", value: job)] + target)
        return block
    }
}

extension RunMailbox.PartName: Comparable {
    static func < (left: Self, right: Self) -> Bool { (left.plugin, left.target) < (right.plugin, right.target) }
}
