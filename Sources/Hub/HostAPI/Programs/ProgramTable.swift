import NIOCore

/// The programs of one plugin that are running, or whose leftovers are being ended.
///
/// Lives on the plugin's thread.
final class ProgramTable {
    /// Programs of one plugin at once; each takes three pipes.
    static let limit = 256

    private var runs: [ObjectIdentifier: ProgramRun] = [:]
    private var onEmpty: EventLoopPromise<Void>?

    var isFull: Bool { runs.count >= Self.limit }

    /// Starts a program; `completion` is called once, when it and all it started are gone.
    func start(
        _ run: ProgramRun,
        _ memory: ProgramMemory,
        on eventLoop: any EventLoop,
        _ completion: @escaping (OperationResult) -> Void
    ) {
        runs[ObjectIdentifier(run)] = run
        run.start(memory, on: eventLoop) { [self] result in
            completion(result)
            memory.release()
            runs[ObjectIdentifier(run)] = nil
            if runs.isEmpty { onEmpty?.succeed() }
        }
    }

    /// Kills all programs; the future is done when nothing is left of them.
    func shutdown(on eventLoop: any EventLoop) -> EventLoopFuture<Void> {
        for run in runs.values { run.cancel() }
        let promise = eventLoop.makePromise(of: Void.self)
        if runs.isEmpty { promise.succeed() } else { onEmpty = promise }
        return promise.futureResult
    }
}
