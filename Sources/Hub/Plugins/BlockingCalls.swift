import LuaSandbox
import NIOCore
import NIOPosix

/// System calls that may hang in the kernel, on threads of their own, which are confined as the plugin's thread is.
///
/// A call that hangs keeps its thread until the kernel lets go; when all threads hang further calls fail at once.
final class BlockingCalls {
    /// Threads of one plugin, started with the first call.
    static let threads = 16
    /// Calls of one plugin that have not come back.
    static let limit = 64
    /// Names of one plugin that are being looked up, most of them waiting for a thread.
    static let lookupLimit = 10_000

    private let eventLoop: any EventLoop
    private var pool: NIOThreadPool?
    private var isShut = false
    private(set) var inFlight = 0
    /// Called once no call is in flight.
    private var onDrained: (() -> Void)?

    init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    /// Runs `work` on another thread.
    ///
    /// `completion` gets nil when `limit` calls are in flight, or the plugin ends first.
    func run<Value: Sendable>(
        limit: Int = BlockingCalls.limit,
        _ work: @escaping @Sendable () -> Value,
        completion: @escaping (Value?) -> Void
    ) {
        guard !isShut, inFlight < limit else { return completion(nil) }
        let pool = pool ?? startPool()
        inFlight += 1
        pool.runIfActive(eventLoop: eventLoop, work).assumeIsolated().whenComplete { [self] result in
            completion(try? result.get())
            inFlight -= 1
            if isShut { reportDrained() }
        }
    }

    private func startPool() -> NIOThreadPool {
        let pool = NIOThreadPool(numberOfThreads: Self.threads)
        ThreadStarter.inheriting { pool.start() }
        self.pool = pool
        return pool
    }

    /// Starts no more calls; `drained` is called when those in flight have come back, which may be never.
    ///
    /// Until then the event loop has to live, for that is where they come back to.
    func shutdown(drained: @escaping () -> Void) {
        isShut = true
        onDrained = drained
        pool?.shutdownGracefully { _ in }
        pool = nil
        reportDrained()
    }

    private func reportDrained() {
        guard inFlight == 0, let onDrained else { return }
        self.onDrained = nil
        onDrained()
    }
}

extension PluginInstance {
    /// Suspends the coroutine while `work` runs on another thread.
    func block(_ call: HostCall, _ name: String, _ work: @escaping @Sendable () -> OperationResult) -> Int32 {
        suspend(call, name) { [unowned self] handle in
            blocking.run(work) { result in
                handle.finish(result ?? .failure("\(BlockingCalls.limit) calls of this plugin hang in the kernel"))
            }
        }
    }
}
