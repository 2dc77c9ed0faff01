package import Logging
package import NIOCore

/// The clients of all relays, and the task in which the hub answers their scrapes of itself.
package struct RelayClients: Sendable {
    /// Scrapes of the client itself that wait for their turn; more are refused.
    private static let queue = 256

    /// Why the client itself did not answer.
    private enum Refusal: Error, CustomStringConvertible {
        case busy

        var description: String { "too many scrapes wait" }
    }

    private struct Job: Sendable {
        let request: LocalRequest
        let promise: EventLoopPromise<LocalAnswer>
    }

    private let settings: [ClientSettings]
    private let dialler: Dialler
    private let eventLoop: any EventLoop
    private let logger: Logger
    /// In the order of the relays.
    package let metrics: [ClientMetrics]

    package init(_ settings: [ClientSettings], dialler: Dialler, on eventLoop: any EventLoop, logger: Logger) {
        self.settings = settings
        self.dialler = dialler
        self.eventLoop = eventLoop
        self.logger = logger
        metrics = settings.map { ClientMetrics(label: $0.label, name: $0.targets.name) }
    }

    /// Polls until the task is cancelled.
    package func run(_ answer: @escaping @Sendable (LocalRequest) async -> LocalAnswer) async {
        let (jobs, queue) = AsyncStream.makeStream(of: Job.self, bufferingPolicy: .bufferingOldest(Self.queue))
        guard let clients = try? await start(queue) else { return }
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                for await job in jobs {
                    group.addTask { job.promise.succeed(await answer(job.request)) }
                }
                group.cancelAll()
            }
        } onCancel: {
            queue.finish()
        }
        try? await eventLoop.submit { for client in clients.value { client.stop() } }.get()
    }

    private func start(_ queue: AsyncStream<Job>.Continuation) async throws -> NIOLoopBound<[RelayClient]> {
        try await eventLoop.submit { [self] in
            let clients = zip(settings, metrics).map { settings, metrics in
                RelayClient(settings, dialler: dialler, metrics: metrics, on: eventLoop, logger: logger) { request in
                    let promise = eventLoop.makePromise(of: LocalAnswer.self)
                    switch queue.yield(Job(request: request, promise: promise)) {
                    case .enqueued: break
                    default: promise.fail(Refusal.busy)
                    }
                    return promise.futureResult
                }
            }
            for client in clients { client.start() }
            return NIOLoopBound(clients, eventLoop: eventLoop)
        }.get()
    }
}
