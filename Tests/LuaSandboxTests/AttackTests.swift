import Attacks
import Glibc
import LuaSandbox
import Testing

/// Every attack has to end within the CPU limit plus `overshoot`, below the memory overshoot, with the process alive.
@Suite(.serialized) struct AttackTests {
    static let cpuLimit = Duration.milliseconds(200)
    static let overshoot = Duration.milliseconds(150)
    /// Beyond twice the limit: where the allocator itself refuses.
    static let memoryOvershoot = 32 << 20
    static let memoryCeiling = 2 * SandboxLimits().memory + memoryOvershoot

    @Test(arguments: LibraryAttacks.patterns + LibraryAttacks.tables + LibraryAttacks.strings)
    func theLimitHoldsInsideLibraryFunctions(attack: Attack) throws {
        try run(attack)
    }

    @Test(arguments: EscapeAttacks.messageHandlers + EscapeAttacks.coroutines + EscapeAttacks.values)
    func theLimitCannotBeEscaped(attack: Attack) throws {
        try run(attack)
    }

    @Test(arguments: MemoryAttacks.floods + MemoryAttacks.crashes)
    func memoryStaysBelowTheOvershoot(attack: Attack) throws {
        try run(attack)
    }

    @Test(arguments: InterpreterAttacks.all)
    func oneInstructionDoesNotRunLong(attack: Attack) throws {
        try run(attack)
    }

    @Test(arguments: VariantAttacks.all)
    func theLimitsHoldAgainstVariants(attack: Attack) throws {
        try run(attack)
    }

    private func run(_ attack: Attack) throws {
        let script = try Script(cpu: Self.cpuLimit)
        let start = Self.threadTime()
        let outcome = Result { try script.start(attack.source) }
        let used = Self.threadTime() - start
        #expect(used < Self.cpuLimit + Self.overshoot, "\(attack.name) took \(used): \(outcome)")
        #expect(script.sandbox.memoryPeak <= Self.memoryCeiling)
        if case .success(let outcome) = outcome {
            #expect(!outcome.isWaiting)
        }
        #expect(try Script().start("note(('x'):rep(3))").isFinished)
    }

    /// The CPU time of this thread; the wall clock would also count what other tests use.
    private static func threadTime() -> Duration {
        var now = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now)
        return .seconds(now.tv_sec) + .nanoseconds(now.tv_nsec)
    }
}
