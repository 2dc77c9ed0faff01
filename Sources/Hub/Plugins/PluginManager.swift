import Logging
import NIOCore
import NIOPosix

/// What a scrape collected.
struct Collection: Sendable {
    struct Part: Sendable {
        let plugin: String
        let target: String
        let answer: TargetAnswer
    }

    var parts: [Part] = []
    var unknown: [String] = []
    /// All plugins, collected or not.
    var reports: [PluginReport] = []
}

/// All plugins; the handle that the rest of the hub holds.
///
/// The work is done by `ManagerCore` on the control loop.
final class PluginManager: Sendable {
    private let loop: any EventLoop
    private let core: NIOLoopBound<ManagerCore>
    /// Reads plugin folders, which may be on a slow disk.
    private let diskThread = NIOThreadPool(numberOfThreads: 1)
    private let environment: PluginEnvironment
    private let folders: PluginFolders

    /// Must be made on the control loop.
    private init(environment: PluginEnvironment, folders: PluginFolders, loop: any EventLoop) {
        self.loop = loop
        self.environment = environment
        self.folders = folders
        core = NIOLoopBound(ManagerCore(environment: environment, loop: loop), eventLoop: loop)
        diskThread.start()
    }

    static func make(
        environment: PluginEnvironment,
        folders: PluginFolders,
        on loop: any EventLoop
    ) async throws -> PluginManager {
        try await loop.submit { PluginManager(environment: environment, folders: folders, loop: loop) }.get()
    }

    /// Time for the first load of all plugins.
    static let startLimit = TimeAmount.seconds(5)

    /// Loads all plugins, then watches their folders.
    ///
    /// Answers the problems of plugins that could not be loaded.
    func start() async -> [String] {
        let problems = await reload()
        let interval = environment.configuration.reload.interval
        if interval > .zero {
            loop.execute { [self] in
                core.value.watch(every: TimeAmount(interval)) { [weak self] in self?.lookAgain() }
            }
        }
        return problems
    }

    /// Looks for changed plugins now.
    ///
    /// Answers the problems of all plugins that are not in use as they are on disk.
    func reload() async -> [String] {
        let promise = loop.makePromise(of: [String].self)
        diskThread.submit { [self] _ in
            let scan = folders.scan()
            loop.execute { [self] in
                let changed = core.value.changes(in: scan)
                readAndApply(scan, changed, promise)
            }
        }
        let timeout = loop.scheduleTask(in: Self.startLimit) { promise.succeed(["plugins are still being loaded"]) }
        let problems = (try? await promise.futureResult.get()) ?? []
        timeout.cancel()
        return problems
    }

    private func lookAgain() {
        diskThread.submit { [self] _ in
            let scan = folders.scan()
            loop.execute { [self] in
                let changed = core.value.changes(in: scan)
                guard !changed.isEmpty || core.value.hasRemovals(in: scan) else { return core.value.lookedAgain() }
                readAndApply(scan, changed, nil)
            }
        }
    }

    private func readAndApply(
        _ scan: [String: PluginFolders.Entry],
        _ changed: [PluginFolders.Entry],
        _ promise: EventLoopPromise<[String]>?
    ) {
        diskThread.submit { [self] _ in
            let sources = changed.map { entry in
                let source: Result<PluginSource, PluginError>
                do throws(PluginError) { source = .success(try folders.read(entry)) } catch { source = .failure(error) }
                return (entry, source)
            }
            loop.execute { [self] in
                core.value.apply(scan, sources) { problems in promise?.succeed(problems) }
                core.value.lookedAgain()
            }
        }
    }

    /// Collects plugins until the deadline; all of them when `names` is empty.
    func collect(_ names: [String], deadline: NIODeadline) async -> Collection {
        let promise = loop.makePromise(of: Collection.self)
        let ticket = ScrapeTicket()
        let begin: @Sendable () -> Void = { [self] in
            core.value.collect(names, deadline: deadline, ticket, promise)
        }
        return await withTaskCancellationHandler {
            if loop.inEventLoop { begin() } else { loop.execute(begin) }
            return (try? await promise.futureResult.get()) ?? Collection()
        } onCancel: {
            loop.execute { [self] in core.value.expire(ticket) }
        }
    }

    /// Asks one target until the deadline.
    func probe(_ order: ProbeOrder, deadline: NIODeadline) async -> Result<ProbeAnswer, ProbeRefusal> {
        let promise = loop.makePromise(of: Result<ProbeAnswer, ProbeRefusal>.self)
        let ticket = ScrapeTicket()
        let begin: @Sendable () -> Void = { [self] in core.value.probe(order, deadline: deadline, ticket, promise) }
        return await withTaskCancellationHandler {
            if loop.inEventLoop { begin() } else { loop.execute(begin) }
            return (try? await promise.futureResult.get()) ?? .failure(.unknownPlugin(order.plugin))
        } onCancel: {
            loop.execute { [self] in core.value.expire(ticket) }
        }
    }

    func reports() async -> [PluginReport] {
        (try? await loop.submit { [self] in core.value.reports() }.get()) ?? []
    }

    /// Time that plugins have for taking leave of what they are connected to.
    private static let farewellTimeout = TimeAmount.milliseconds(900)

    func shutdown() async {
        let ends = (try? await loop.submit { [self] in core.value.shutdown() }.get()) ?? []
        let gone = loop.makePromise(of: Void.self)
        let timer = loop.scheduleTask(in: Self.farewellTimeout) { gone.succeed() }
        EventLoopFuture.andAllComplete(ends, on: loop).whenComplete { _ in gone.succeed() }
        try? await gone.futureResult.get()
        timer.cancel()
        diskThread.shutdownGracefully { _ in }
    }
}
