import CLua

/// What one Lua state may use.
package struct SandboxLimits: Sendable, Hashable {
    /// Bytes that the state may hold; a run that stays above after a full collection ends.
    package var memory: Int
    /// Bytes of one source file.
    ///
    /// It also bounds the C stack that 5.4.4 needs for an error message.
    package var source: Int
    /// Bytes of one string.
    ///
    /// Lua compares, hashes and converts a string within one instruction, at up to 10 ns a byte.
    package var string: Int

    package init(memory: Int = 32 << 20, source: Int = 64 << 10, string: Int = 8 << 20) {
        self.memory = memory
        self.source = source
        self.string = string
    }

    /// What Lua adds to the bytes of a string: its header and a closing zero.
    static let stringHeader = 64

    /// Bytes at which the allocator itself refuses.
    ///
    /// Far above `memory`: 5.4.4 has paths that corrupt memory when an ordinary allocation fails, and the hook ends a
    /// run long before.
    var hardMemory: Int { 2 * memory + (32 << 20) }
}

/// Why the sandbox ended a run.
package enum Trip: Int32, Sendable, Hashable {
    case cpu = 1
    case memory = 2
    case abort = 3
    case cancel = 4

    /// Whether the state may be used again: only a cancelled run unwinds in good order.
    package var discardsState: Bool { self != .cancel }
}

/// The CPU time of one run, shared by all of its fibers.
package struct RunBudget: Sendable {
    /// CPU time on the clock of the state's thread, in nanoseconds.
    package let cpuLimit: Int64
    package private(set) var cpuUsed: Int64 = 0
    /// Sticky: once set, every resume raises it again.
    package var trip: Trip?

    package init(cpuLimit: Duration) {
        let (seconds, attoseconds) = cpuLimit.components
        self.cpuLimit = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }

    var cpuLeft: Int64 { max(1, cpuLimit - cpuUsed) }

    mutating func charge(_ nanoseconds: Int64) {
        cpuUsed += nanoseconds
    }

    /// Counts the CPU time since then, less what of it has been counted already.
    package mutating func charge(since start: CPUMark) {
        charge(clua_thread_cpu_ns() - start.time - (cpuUsed - start.used))
    }

    package func mark() -> CPUMark { CPUMark(time: clua_thread_cpu_ns(), used: cpuUsed) }

    /// A moment on the clock of the state's thread, and what was counted by then; in nanoseconds.
    package struct CPUMark {
        let time: Int64
        fileprivate let used: Int64
    }

    /// Whether the run has used up its time; what runs in the sandbox is ended there.
    package var isExhausted: Bool { cpuUsed >= cpuLimit }
}
