import CLua
import Glibc

/// One Lua state with one owner, used by one thread at a time.
///
/// No limit is armed while the host sets the state up; from then on all script code runs in fibers.
package final class Sandbox {
    private let control: UnsafeMutablePointer<clua_control>
    let state: OpaquePointer
    package let limits: SandboxLimits

    /// Creates a state whose CPU clock is the calling thread's.
    package init(limits: SandboxLimits) throws(SandboxError) {
        try Self.installSignalHandler.get()
        let control = ControlBlock.take(limits: limits)
        guard let state = clua_new_state(control) else {
            ControlBlock.giveBack(control)
            throw .noMemory
        }
        self.control = control
        self.state = state
        self.limits = limits
        let code = clua_create_timer(control)
        guard code == 0 else { throw .noTimer(code) }
        clua_gc_generational(state)
        Globals.install(in: state)
    }

    deinit {
        clua_delete_timer(control)
        control.pointee.memory_soft = 0
        lua_close(state)
        ControlBlock.giveBack(control)
    }

    private static let installSignalHandler: Result<Void, SandboxError> =
        clua_install_signal_handler() == 0 ? .success(()) : .failure(.noTimer(errno))

    /// What `HostCall.owner` finds.
    ///
    /// It is not retained and must outlive every run.
    package func setOwner(_ owner: AnyObject) {
        control.pointee.owner = Unmanaged.passUnretained(owner).toOpaque()
    }

    /// From here on the memory limit holds.
    package func armMemoryLimit() {
        control.pointee.memory_soft = limits.memory
    }

    /// Bytes that the host holds for the owner; they count for the memory limit.
    package var hostMemory: Int {
        get { control.pointee.memory_host }
        set { clua_set_host_memory(control, newValue) }
    }

    /// Whether the run at hand has to end.
    package var mustStop: Bool { clua_must_stop(control) != 0 }

    /// Whether the memory limit is broken, even without garbage.
    package func isOverMemoryLimit() -> Bool {
        guard clua_is_over_memory(control) != 0 else { return false }
        clua_gc_collect(state)
        return clua_is_over_memory(control) != 0
    }

    package var memoryUsed: Int { control.pointee.memory_used }
    package var memoryPeak: Int { control.pointee.memory_peak }
    package var abortHandle: AbortHandle { AbortHandle(control: control) }

    /// Calls `body` with the stack, and restores its height.
    ///
    /// For set-up only.
    package func setUp(_ body: (inout Plan) -> Void, name: String) {
        var plan = Plan()
        body(&plan)
        plan.bytes.withUnsafeBufferPointer { _ = clua_push_plan(state, $0.baseAddress, $0.count) }
        lua_setglobal(state, name)
    }

    /// Compiles a source text.
    ///
    /// `chunkName` is what error messages call it.
    package func load(_ source: [UInt8], chunkName: String) throws(SandboxError) -> Reference {
        guard source.count <= limits.source else {
            throw .sourceTooLarge(chunk: chunkName, size: source.count, limit: limits.source)
        }
        if let line = IndexChains.firstLineAboveLimit(in: source) {
            throw .syntax("\(chunkName):\(line): expression has more than \(IndexChains.limit) indexings")
        }
        let status = source.withUnsafeBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { text in
                luaL_loadbufferx(state, text.baseAddress, text.count, "@" + chunkName, "t")
            }
        }
        guard status == LUA_OK else { throw .syntax(takeMessage(from: state)) }
        return Reference(index: luaL_ref(state, clua_registry_index()))
    }

    package func release(_ reference: Reference) {
        luaL_unref(state, clua_registry_index(), reference.index)
    }

    /// The global function of that name.
    package func globalFunction(_ name: String) -> Reference? {
        let index = clua_reference_global(state, name)
        return index == 0 ? nil : Reference(index: index)
    }

    /// Makes a fiber that will run `function`.
    package func makeFiber(_ function: Reference) throws(SandboxError) -> Fiber {
        var parts = clua_fiber(function: function.index, reference: 0, co: nil)
        guard clua_new_fiber(state, &parts) == LUA_OK, let co = parts.co else {
            lua_settop(state, 0)
            throw .noMemory
        }
        return Fiber(thread: co, reference: Reference(index: parts.reference))
    }

    /// Runs a fiber until it ends or waits.
    package func resume(_ fiber: Fiber, with arguments: Plan, budget: inout RunBudget) -> Fiber.Outcome {
        let mark = arm(budget)
        let status = arguments.bytes.withUnsafeBufferPointer { plan in
            plan.isEmpty ? LUA_OK : clua_push_plan(state, plan.baseAddress, plan.count)
        }
        let pushed = lua_gettop(state)
        guard status == LUA_OK, lua_checkstack(fiber.thread, pushed + 1) != 0 else {
            lua_settop(state, 0)
            let trip = Trip(rawValue: control.pointee.tripped) ?? .memory
            finish(&budget, mark)
            budget.trip = trip
            return .failed(.tripped(trip, "\(trip == .memory ? "memory" : "CPU") limit exceeded by the arguments"))
        }
        lua_xmove(state, fiber.thread, pushed)
        return run(fiber, arguments: pushed + (fiber.isStarted ? 0 : 1), budget: &budget, mark)
    }

    /// Resumes a waiting fiber with an error that its host function raises.
    package func resume(_ fiber: Fiber, failing message: String, budget: inout RunBudget) -> Fiber.Outcome {
        control.setMessage(message)
        control.pointee.resume_failed = 1
        defer { control.pointee.resume_failed = 0 }
        return run(fiber, arguments: fiber.isStarted ? 0 : 1, budget: &budget, arm(budget))
    }

    /// From here on the limits of a run hold.
    private func arm(_ budget: RunBudget) -> RunBudget.CPUMark {
        let mark = budget.mark()
        control.pointee.tripped = budget.trip?.rawValue ?? 0
        control.pointee.cpu_deadline = mark.time + budget.cpuLeft
        clua_set_timer(control, budget.cpuLeft)
        return mark
    }

    private func finish(_ budget: inout RunBudget, _ mark: RunBudget.CPUMark) {
        budget.charge(since: mark)
        budget.trip = Trip(rawValue: control.pointee.tripped)
        control.pointee.tripped = 0
    }

    private func run(
        _ fiber: Fiber,
        arguments: Int32,
        budget: inout RunBudget,
        _ mark: RunBudget.CPUMark
    ) -> Fiber.Outcome {
        fiber.isStarted = true
        var results: Int32 = 0
        let status = clua_resume_from_host(fiber.thread, arguments, &results)
        finish(&budget, mark)
        return outcome(of: fiber, status: status, results: results, trip: budget.trip)
    }

    private func outcome(of fiber: Fiber, status: Int32, results: Int32, trip: Trip?) -> Fiber.Outcome {
        switch status {
        case LUA_OK:
            lua_settop(fiber.thread, 0)
            return .finished
        case LUA_YIELD:
            lua_settop(fiber.thread, -results - 1)
            return .waiting
        default:
            let message = takeMessage(from: fiber.thread)
            return .failed(trip.map { .tripped($0, message) } ?? .runtime(message))
        }
    }

    package func discard(_ fiber: Fiber) {
        fiber.reference.map(release)
    }

    /// Removes the error object on top and answers its text.
    private func takeMessage(from thread: OpaquePointer) -> String {
        var length = 0
        defer { lua_settop(thread, -2) }
        guard let start = clua_to_bytes(thread, -1, &length) else {
            return "error object is a \(String(cString: lua_typename(thread, lua_type(thread, -1)))) value"
        }
        let shown = UnsafeRawBufferPointer(start: start, count: min(length, Self.messageLimit))
        return String(decoding: shown, as: UTF8.self)
    }

    /// Bytes of an error message that leave the state; the host keeps and logs them.
    private static let messageLimit = 4096
}
