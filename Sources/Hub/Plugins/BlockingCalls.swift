import LuaSandbox
import NIOCore
import NIOPosix

/// System calls that may hang in the kernel, on threads of their own.
///
/// A call that hangs keeps its thread until the kernel lets go; when all threads hang further calls fail at once.
struct BlockingCalls {
    /// Threads of one plugin, started with the first call.
    static let threads = 16
    /// Calls of one plugin that have not come back.
    static let limit = 64

    private let eventLoop: any EventLoop
    private var pool: NIOThreadPool?
    private(set) var inFlight = 0

    init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    mutating func started() -> NIOThreadPool? {
        guard inFlight < Self.limit else { return nil }
        inFlight += 1
        if let pool { return pool }
        let pool = NIOThreadPool(numberOfThreads: Self.threads)
        pool.start()
        self.pool = pool
        return pool
    }

    mutating func ended() { inFlight -= 1 }

    mutating func shutdown() {
        pool?.shutdownGracefully { _ in }
        pool = nil
    }
}

extension PluginInstance {
    /// Suspends the coroutine while `work` runs on another thread.
    func block(_ call: HostCall, _ name: String, _ work: @escaping @Sendable () -> OperationResult) -> Int32 {
        suspend(call, name) { [unowned self] handle in
            offload(work) { result in
                handle.finish(result ?? .failure("\(BlockingCalls.limit) calls of this plugin hang in the kernel"))
            }
        }
    }

    /// Runs `work` on another thread; `completion` gets nil when too many calls hang, or the plugin ends.
    func offload<Value: Sendable>(
        _ work: @escaping @Sendable () -> Value,
        completion: @escaping (Value?) -> Void
    ) {
        guard let pool = blocking.started() else { return completion(nil) }
        pool.runIfActive(eventLoop: eventLoop, work).assumeIsolated().whenComplete { [weak self] result in
            self?.blocking.ended()
            completion(try? result.get())
        }
    }
}
