import Dispatch
import Foundation
import Synchronization
import Testing

@testable import Hub

/// Rules of one thread beside the rest of the process.
@Suite struct ThreadStarterTests {
    /// More threads at once than a pool has waiting, so that it has to start some.
    private static let crowd = 100

    @Test func poolsThatGrowByAConfinedThreadsWorkAreNotConfined() throws {
        try withForbiddenFile { path in
            let opened = Mutex([Bool]())
            onConfinedThread {
                #expect(!isReadable(path))
                let here = DispatchSemaphore(value: 0)
                let gate = DispatchSemaphore(value: 0)
                let group = DispatchGroup()
                for number in 0..<Self.crowd {
                    DispatchQueue(label: "crowd-\(number)").async(group: group) {
                        here.signal()
                        gate.wait()
                        let isReadable = isReadable(path)
                        opened.withLock { $0.append(isReadable) }
                    }
                }
                for _ in 0..<Self.crowd { here.wait() }
                for _ in 0..<Self.crowd { gate.signal() }
                group.wait()
            }
            #expect(opened.withLock { $0 } == Array(repeating: true, count: Self.crowd))
        }
    }

    @Test func aThreadThatAConfinedOneStartsIsConfinedOnlyWhenToldSo() throws {
        try withForbiddenFile { path in
            let outcome = Mutex([Bool]())
            let look: @Sendable () -> Void = { outcome.withLock { $0.append(isReadable(path)) } }
            onConfinedThread {
                runThread(look)
                ThreadStarter.inheriting { runThread(look) }
                runThread(look)
            }
            #expect(outcome.withLock { $0 } == [true, false, true])
        }
    }

    @Test func aNewThreadBlocksTheSignalsThatItsCreatorDoes() {
        let blocked = Mutex([Bool]())
        let look: @Sendable () -> Void = {
            var mask = sigset_t()
            pthread_sigmask(SIG_BLOCK, nil, &mask)
            blocked.withLock { $0.append(sigismember(&mask, SIGUSR2) == 1) }
        }
        _ = ThreadStarter.shared
        runThread {
            var mask = sigset_t()
            sigemptyset(&mask)
            sigaddset(&mask, SIGUSR2)
            for how in [SIG_UNBLOCK, SIG_BLOCK] {
                pthread_sigmask(Int32(how), &mask, nil)
                runThread(look)
            }
        }
        #expect(blocked.withLock { $0 } == [false, true])
    }

    /// Runs `work` on a thread that may read nothing.
    private func onConfinedThread(_ work: @escaping @Sendable () -> Void) {
        runThread {
            #expect(ThreadStarter.shared != nil)
            let rules = Landlock(denying: .read)
            let isEnforced = rules?.enforce() ?? false
            #expect(isEnforced, "the kernel has no Landlock")
            work()
        }
    }

    private func withForbiddenFile(_ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "exporter-hub-\(UUID().uuidString)").path
        try Data("secret".utf8).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(isReadable(path))
        try body(path)
    }
}

/// Runs `work` on a new thread to its end.
private func runThread(_ work: @escaping @Sendable () -> Void) {
    let done = DispatchSemaphore(value: 0)
    Thread {
        work()
        done.signal()
    }.start()
    done.wait()
}

private func isReadable(_ path: String) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    close(descriptor)
    return true
}
