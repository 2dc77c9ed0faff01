import CLua
import Synchronization

/// The memory that the allocator, the hook and the signal handler of one state share.
///
/// Blocks are never given back to the system: a signal that is still on its way when its state is closed must find
/// memory that is a control block, and the hook copes with a signal that was meant for another run.
enum ControlBlock {
    private struct Pool: ~Copyable {
        let free = Mutex<[UInt]>([])
    }

    private static let pool = Pool()

    static func take(limits: SandboxLimits) -> UnsafeMutablePointer<clua_control> {
        let reused = pool.free.withLock { $0.popLast() }
        let block =
            reused.flatMap { UnsafeMutablePointer<clua_control>(bitPattern: $0) } ?? .allocate(capacity: 1)
        block.initialize(to: clua_control())
        block.pointee.cpu_deadline = .max
        block.pointee.memory_hard = limits.hardMemory
        block.pointee.string_limit = limits.string + SandboxLimits.stringHeader
        block.pointee.address_key = .random(in: 1 ... .max)
        return block
    }

    static func giveBack(_ block: UnsafeMutablePointer<clua_control>) {
        block.pointee.owner = nil
        block.pointee.running = nil
        pool.free.withLock { $0.append(UInt(bitPattern: block)) }
    }
}

/// Ends what runs in a state, from any thread.
package struct AbortHandle: Sendable {
    private let control: UInt
    private let thread: UInt

    init(control: UnsafeMutablePointer<clua_control>) {
        self.control = UInt(bitPattern: control)
        self.thread = UInt(pthread_self())
    }

    /// Raises an error in the running script; a call that hangs in the kernel returns first.
    package func abort() {
        guard let control = UnsafeMutablePointer<clua_control>(bitPattern: control) else { return }
        _ = clua_abort_from_outside(control, pthread_t(thread))
    }
}
