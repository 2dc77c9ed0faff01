import Foundation

/// Holds threads until a test lets them go.
final class ThreadGate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    /// Blocks the thread.
    func wait() {
        semaphore.wait()
        semaphore.signal()
    }

    /// Lets all go, whenever they come.
    func open() { semaphore.signal() }
}
