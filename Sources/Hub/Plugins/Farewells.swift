import NIOCore
import Synchronization

/// The plugins that are taking leave of what they are connected to, wherever they were shut down.
///
/// A router's session that is not logged out stays taken until the router's own timer ends it.
final class Farewells: Sendable {
    private struct State {
        var count = 0
        var waiting: [EventLoopPromise<Void>] = []
    }

    private let state = Mutex(State())

    func begin() { state.withLock { $0.count += 1 } }

    func end() {
        let done = state.withLock { state -> [EventLoopPromise<Void>] in
            state.count -= 1
            guard state.count == 0 else { return [] }
            defer { state.waiting = [] }
            return state.waiting
        }
        for promise in done { promise.succeed() }
    }

    /// Waits until none is left; a thread that hangs in the kernel is not waited for beyond the limit.
    func wait(on loop: any EventLoop, atMost limit: TimeAmount) async {
        let promise = loop.makePromise(of: Void.self)
        let isOver = state.withLock { state in
            if state.count > 0 { state.waiting.append(promise) }
            return state.count == 0
        }
        if isOver { promise.succeed() }
        let timer = loop.scheduleTask(in: limit) { promise.succeed() }
        try? await promise.futureResult.get()
        timer.cancel()
    }
}
