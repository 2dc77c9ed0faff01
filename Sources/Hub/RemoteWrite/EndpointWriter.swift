import Logging
import NIOCore
import RemoteWrite
import SQLite

/// Sends to one endpoint: knows its series, keeps its queue, talks to its receiver.
///
/// Everything but the connections lives on a thread of its own, which alone waits for the disk.
actor EndpointWriter {
    /// Batches that wait to be taken in.
    static let batchLimit = 8
    /// Between two looks at what became too old.
    private static let housekeepingInterval = Duration.seconds(5)

    let configuration: EndpointConfiguration
    let statistics: EndpointStatistics
    let client: EndpointClient
    let logger: Logger
    private let metadataInterval: Duration
    private let loop: any EventLoop
    var queue: SampleQueue
    var table: SeriesTable
    var builder = MessageBuilder()
    var negotiation: Negotiation
    let signals: [Signal]
    var troubles: EndpointTroubles
    private var lastMetadata: ContinuousClock.Instant?
    private let batches: AsyncStream<CollectedBatch>
    private let batchContinuation: AsyncStream<CollectedBatch>.Continuation

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.executor.asUnownedSerialExecutor() }

    init(
        _ statistics: EndpointStatistics,
        _ all: RemoteWriteConfiguration,
        externalLabels: [Label],
        folder: String,
        client: EndpointClient,
        on loop: any EventLoop,
        logger: Logger
    ) {
        let configuration = statistics.configuration
        self.configuration = configuration
        self.statistics = statistics
        self.client = client
        self.loop = loop
        self.logger = logger
        metadataInterval = all.metadataInterval
        negotiation = Negotiation(configuration.writeProtocol)
        troubles = EndpointTroubles(statistics, logger: logger)
        signals = (0..<configuration.shards).map { _ in Signal() }
        queue = SampleQueue(
            path: "\(folder)/remote_write-\(configuration.name).db",
            shards: configuration.shards,
            limits: configuration.queueLimits
        )
        let relabeler = Relabeler(all.relabeling + configuration.relabeling)
        table = SeriesTable(
            shards: configuration.shards,
            limit: configuration.maxSeries,
            rowLimit: configuration.row
        ) { labels in
            for external in externalLabels where !labels.contains(where: { $0.name == external.name }) {
                labels.append(external)
            }
            return relabeler.apply(to: &labels)
        }
        (batches, batchContinuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.batchLimit))
    }

    /// Hands samples over; never waits.
    nonisolated func offer(_ batch: CollectedBatch) {
        guard case .dropped(let lost) = batchContinuation.yield(batch) else { return }
        statistics.drop(.overload, lost.sampleCount)
    }

    /// No further batches come; `run` ends when those that are there are queued.
    nonisolated func finish() { batchContinuation.finish() }

    /// Queues and sends until `finish` was called.
    func run() async {
        open()
        await withDiscardingTaskGroup { group in
            for shard in 0..<configuration.shards { group.addTask { await self.send(shard) } }
            group.addTask { await self.keepHouse() }
            for await batch in batches { take(batch) }
            group.cancelAll()
        }
        await client.shutdown()
    }

    // MARK: In

    private func open() {
        let now = Self.now()
        let restored = queue.open(now: now)
        table.restore(restored)
        settleEvents()
        for signal in signals { signal.raise() }
    }

    private func take(_ batch: CollectedBatch) {
        table.take(batch)
        let intake = table.takeIntake()
        for (reason, count) in intake.dropped { statistics.drop(reason, count) }
        queue.append(intake, now: Self.now())
        settleEvents()
        for signal in signals { signal.raise() }
    }

    private func keepHouse() async {
        while (try? await Task.sleep(for: Self.housekeepingInterval)) != nil {
            queue.tidy(now: Self.now())
            settleEvents()
            for signal in signals { signal.raise() }
        }
    }

    /// Counts and reports what the queue had to say.
    func settleEvents() {
        let events = queue.takeEvents()
        if events.hasLostSeries { queue.append(table.everything, now: Self.now()) }
        for (reason, count) in events.dropped { statistics.drop(reason, count) }
        troubles.note(queue: events.errors, isOnDisk: queue.isOnDisk)
        let (pending, bytes, oldest) = (queue.pendingSamples, queue.usedBytes, queue.oldestTime)
        let (isOnDisk, series) = (queue.isOnDisk, table.count)
        statistics.update { state in
            for error in events.errors { state.queueErrors[error.kind, default: 0] += 1 }
            state.pendingSamples = pending
            state.queueBytes = bytes
            state.oldestTime = oldest
            state.isOnDisk = isOnDisk
            state.series = series
        }
    }

    static func now() -> Int64 { Int64(Clock.unixSeconds() * 1000) }

    // MARK: Out

    /// Sends what one shard has, one message after the other.
    private func send(_ shard: Int) async {
        for await _ in signals[shard].stream {
            while !Task.isCancelled, let parcel = queue.next(shard: shard, now: Self.now()) {
                await deliver(parcel, shard)
            }
            settleEvents()
        }
    }

    private func deliver(_ parcel: SampleQueue.Parcel, _ shard: Int) async {
        var delivery = Delivery(
            parcel,
            backoff: configuration.retry.limits,
            retriesTooMany: configuration.retry.onTooManyRequests
        )
        var step = Delivery.Step.send(delivery.begin(negotiation))
        var message: WriteMessage?
        while true {
            switch step {
            case .send(let writeProtocol):
                if message?.writeProtocol != writeProtocol { message = build(writeProtocol, parcel) }
                guard let message else { return }
                step = await attempt(message, &delivery)
            case .wait(let milliseconds):
                guard (try? await Task.sleep(for: .milliseconds(milliseconds))) != nil else {
                    return queue.giveBack(parcel)
                }
                if let time = parcel.samples.map(\.timestamp).max(), time < Self.now() - queue.maxAge {
                    step = .done(.init(sent: 0, dropped: parcel.samples.count, reason: .age))
                } else {
                    step = .send(negotiation.current)
                }
            case .done(let outcome):
                return await settle(parcel, outcome, message, shard)
            }
        }
    }

    private func build(_ writeProtocol: WriteProtocol, _ parcel: SampleQueue.Parcel) -> WriteMessage {
        var catalog = EndpointCatalog(table: table, queue: queue)
        return builder.message(writeProtocol, parcel.samples, &catalog)
    }

    private func attempt(_ message: WriteMessage, _ delivery: inout Delivery) async -> Delivery.Step {
        guard message.sampleCount > 0 else { return .done(.init()) }
        if delivery.attempts > 0 { statistics.update { $0.retriedSamples += message.sampleCount } }
        let answer = await post(message, attempt: delivery.attempts)
        let random = Double.random(in: 0...1)
        switch answer {
        case .failed(let reason):
            let step = delivery.failed(random: random)
            if !Task.isCancelled { troubles.failed(reason) }
            return step
        case .answered(let response, let text):
            let old = negotiation.current
            let step = delivery.answered(response, to: message, &negotiation, now: Self.now(), random: random)
            troubles.answered(response.status, text, step)
            if negotiation.current != old { troubles.switched(to: negotiation.current) }
            let current = negotiation.current
            statistics.update { $0.writeProtocol = current }
            return step
        }
    }

    private func post(_ message: WriteMessage, attempt: Int) async -> WriteAnswer {
        let start = ContinuousClock.now
        let answer = await client.send(message, attempt: attempt)
        var status: Int?
        if case .answered(let response, _) = answer { status = response.status }
        let seconds = Double((ContinuousClock.now - start).milliseconds) / 1000
        statistics.requested(status: status, bytes: message.body.count, seconds: seconds)
        return answer
    }

    private func settle(
        _ parcel: SampleQueue.Parcel,
        _ outcome: Delivery.Outcome,
        _ message: WriteMessage?,
        _ shard: Int
    ) async {
        queue.settle(parcel, now: Self.now())
        if let reason = outcome.reason { statistics.drop(reason, outcome.dropped) }
        statistics.drop(.corrupt, message?.lostCount ?? 0)
        statistics.update { state in
            state.sentSamples += outcome.sent
            if outcome.sent > 0 { state.lastSuccess = Clock.unixSeconds() }
        }
        settleEvents()
        if shard == 0, outcome.sent > 0, message?.writeProtocol == .v1 { await sendMetadata() }
    }

    /// Families told in one message.
    private static let metadataLimit = 2000

    /// Tells a receiver of 1.0 types and help texts when it is time; what fails is told the next time.
    private func sendMetadata() async {
        if let lastMetadata, ContinuousClock.now - lastMetadata < metadataInterval { return }
        lastMetadata = ContinuousClock.now
        var rest = table.metadata[...]
        while !rest.isEmpty {
            _ = await post(builder.metadata(Array(rest.prefix(Self.metadataLimit))), attempt: 0)
            rest = rest.dropFirst(Self.metadataLimit)
        }
    }
}

/// Finds series in memory first, then on disk.
private struct EndpointCatalog: SeriesCatalog {
    let table: SeriesTable
    let queue: SampleQueue

    func series(_ number: Int64) -> SeriesRecord? { table.record(number) ?? queue.series(number) }

    func metadata(ofFamily number: Int64) -> MetricMetadata? {
        table.metadata(ofFamily: number) ?? queue.metadata(ofFamily: number)
    }
}

extension EndpointConfiguration {
    var queueLimits: SampleQueue.Limits {
        .init(
            bytes: queue.maxSize,
            age: queue.maxAge.milliseconds,
            memorySamples: queue.maxMemorySamples,
            row: row
        )
    }
}
