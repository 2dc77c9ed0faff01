import LuaSandbox
import Synchronization

/// A flag that one thread sets and another reads.
final class Flag: Sendable {
    private let value = Atomic(false)

    var isSet: Bool { value.load(ordering: .acquiring) }

    /// False when it was set before.
    @discardableResult
    func set() -> Bool { !value.exchange(true, ordering: .acquiringAndReleasing) }
}

/// Which run's script a plugin's thread executes.
final class ExecutingRun: Sendable {
    private let key = Mutex<RunKey?>(nil)

    func set(_ key: RunKey?) { self.key.withLock { $0 = key } }

    /// Calls `body` if the run's script is executed, and keeps the thread from going on to another meanwhile.
    func isStillExecuting(_ key: RunKey, _ body: () -> Void) -> Bool {
        self.key.withLock { current in
            guard current == key else { return false }
            body()
            return true
        }
    }
}

/// A reference that does not keep its object alive.
struct Weak<Object: AnyObject> {
    private(set) weak var object: Object?

    init(_ object: Object) { self.object = object }
}

/// The abort handle of a state that is made on another thread.
final class SharedAbortHandle: Sendable {
    private let handle = Mutex<AbortHandle?>(nil)

    func set(_ handle: AbortHandle?) { self.handle.withLock { $0 = handle } }

    func abort() { handle.withLock { $0?.abort() } }
}
