import LuaSandbox
import Testing

/// Runs one script in a fresh state with a host function `wait()` that suspends and `note(value)` that records.
final class Script {
    let sandbox: Sandbox
    private(set) var notes: [LuaValue] = []
    private var budget: RunBudget
    private var fiber: Fiber?

    init(limits: SandboxLimits = .init(), cpu: Duration = .milliseconds(200)) throws {
        sandbox = try Sandbox(limits: limits)
        budget = RunBudget(cpuLimit: cpu)
        sandbox.setOwner(self)
        sandbox.setUp({ $0.push(Self.wait) }, name: "wait")
        sandbox.setUp({ $0.push(Self.note) }, name: "note")
        sandbox.armMemoryLimit()
    }

    private static let wait: HostFunction = { state in
        guard let call = HostCall(state) else { return 0 }
        return call.canWait ? call.wait() : call.fail("wait: cannot wait here")
    }

    private static let note: HostFunction = { state in
        guard let call = HostCall(state), let script = call.owner(as: Script.self) else { return 0 }
        var reader = LuaValueReader(call)
        script.notes.append((try? reader.read(1)) ?? .nil)
        return 0
    }

    func start(_ source: String) throws -> Fiber.Outcome {
        let fiber = try sandbox.makeFiber(sandbox.load(Array(source.utf8), chunkName: "test.lua"))
        self.fiber = fiber
        return sandbox.resume(fiber, with: Plan(), budget: &budget)
    }

    func answer(_ fill: (inout Plan) -> Void) throws -> Fiber.Outcome {
        var plan = Plan()
        fill(&plan)
        return sandbox.resume(try #require(fiber), with: plan, budget: &budget)
    }

    func answer(failing message: String) throws -> Fiber.Outcome {
        sandbox.resume(try #require(fiber), failing: message, budget: &budget)
    }

    func cancel() throws -> Fiber.Outcome {
        budget.trip = .cancel
        return sandbox.resume(try #require(fiber), with: Plan(), budget: &budget)
    }
}

extension Fiber.Outcome {
    var message: String? {
        if case .failed(let error) = self { error.description } else { nil }
    }

    var trip: Trip? {
        if case .failed(.tripped(let trip, _)) = self { trip } else { nil }
    }

    var isFinished: Bool { if case .finished = self { true } else { false } }
    var isWaiting: Bool { if case .waiting = self { true } else { false } }
}
