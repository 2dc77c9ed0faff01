import Attacks
import LuaSandbox
import Testing

/// Everything again in a state that may hold 64 KiB: the right result or a clean error, never a crash.
@Suite(.serialized) struct SmallMemoryTests {
    static let limits = SandboxLimits(memory: 64 << 10)

    @Test(arguments: Attack.all)
    func anAttackEndsAsUsual(attack: Attack) throws {
        let script = try Script(limits: Self.limits)
        let outcome = Result { try script.start(attack.source) }
        if case .success(let outcome) = outcome { #expect(!outcome.isWaiting) }
        #expect(script.sandbox.memoryPeak <= Self.limits.memory * 2 + AttackTests.memoryOvershoot)
        #expect(try Script().start("note(('x'):rep(3))").isFinished)
    }

    @Test(arguments: LibraryTests.facts)
    func aFactIsTrueOrTakesTooMuchMemory(fact: String) throws {
        let script = try Script(limits: Self.limits)
        let outcome = try script.start("note(\(fact))")
        #expect(outcome.isFinished ? script.notes == [.boolean(true)] : outcome.isShortOfMemory, "\(outcome)")
    }

    @Test(arguments: WaitTests.allowed)
    func aWaitIsAnsweredOrTakesTooMuchMemory(source: String) throws {
        let script = try Script(limits: Self.limits)
        let outcome = try script.start(source)
        guard outcome.isWaiting else { return #expect(outcome.isShortOfMemory, "\(outcome)") }
        let end = try script.answer { $0.push("answer") }
        let isRight = end.isFinished && script.notes == [.string(Array("answer".utf8))]
        #expect(isRight || end.isShortOfMemory, "\(end)")
    }

    /// The memory runs out at every allocation in turn.
    @Test(arguments: WaitTests.allowed + LibraryTests.facts.map { "note(\($0))" })
    func everyAllocationMayBeTheLast(source: String) throws {
        for memory in stride(from: 16 << 10, through: 64 << 10, by: 512) {
            let script = try Script(limits: .init(memory: memory))
            var outcome = try script.start(source)
            if outcome.isWaiting { outcome = try script.answer { $0.push("answer") } }
            #expect(outcome.isFinished || outcome.isShortOfMemory, "\(memory) bytes: \(outcome)")
        }
    }

    @Test(arguments: FuzzCases.all, 1...10)
    func randomCallsEndWithAResultOrForLackOfMemory(cases: FuzzCases, seed: Int) throws {
        let outcome = try cases.run(seed: seed, count: 5, limits: .init(memory: 64 << 10, source: 1 << 20)).outcome
        #expect(outcome.isFinished || outcome.isShortOfMemory, "\(outcome)")
    }
}

extension Fiber.Outcome {
    var isShortOfMemory: Bool { trip == .memory || message?.contains("not enough memory") == true }
}
