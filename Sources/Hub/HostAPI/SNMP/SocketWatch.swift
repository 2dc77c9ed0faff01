import CLinux
import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// Waits on a thread of its own until there is something to receive, and says so on the event loop.
final class SocketWatch: Sendable {
    private let eventLoop: any EventLoop
    private let onReady: @Sendable () -> Void
    private let watch: Int32
    /// Closed to end the thread.
    private let end: Int32
    private let thread = NIOThreadPool(numberOfThreads: 1)
    /// Whether `onReady` has been asked for and not begun.
    private let isTold = Atomic(false)

    /// `onReady` is called on the event loop some time after something has come, for all that has come till then.
    init(_ eventLoop: any EventLoop, _ onReady: @escaping @Sendable () -> Void) throws(SystemCallError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SystemCallError(code: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        watch = clinux_watch_create()
        end = ends[1]
        self.eventLoop = eventLoop
        self.onReady = onReady
        guard watch >= 0, clinux_watch(watch, ends[0], 0) == 0 else {
            let code = errno
            for descriptor in ends + [watch] { Glibc.close(descriptor) }
            throw SystemCallError(code: code)
        }
        thread.start()
        let (watch, input) = (watch, ends[0])
        thread.submit { [weak self] state in
            if state == .active {
                while case let ready = clinux_watch_wait(watch), ready >= 0, ready != input { self?.tell() }
            }
            Glibc.close(watch)
            Glibc.close(input)
        }
    }

    /// Watches a socket until something comes; 0 or an errno.
    func add(_ descriptor: Int32) -> Int32 { clinux_watch(watch, descriptor, 0) }

    /// Watches a socket again that was told of, or is to be told of; what has come before counts.
    func again(_ descriptor: Int32) { _ = clinux_watch(watch, descriptor, 1) }

    private func tell() {
        guard !isTold.exchange(true, ordering: .acquiringAndReleasing) else { return }
        eventLoop.execute { [self] in
            // What comes from now on is told anew.
            isTold.store(false, ordering: .releasing)
            onReady()
        }
    }

    /// The future is done when the thread has ended.
    func close() -> EventLoopFuture<Void> {
        Glibc.close(end)
        let promise = eventLoop.makePromise(of: Void.self)
        thread.shutdownGracefully { _ in promise.succeed() }
        return promise.futureResult
    }
}
