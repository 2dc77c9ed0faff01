import LuaSandbox
import NIOCore

/// `parallel(functions, options)`: the prelude makes the coroutines, this runs them side by side.
enum ParallelAPI {
    /// Functions of one call.
    static let functionLimit = 10_000
    /// Calls within each other: interrupting them takes native stack for each.
    static let depthLimit = 100

    /// Arguments: an array of coroutines, how many run at once, and seconds for each (0: no limit).
    ///
    /// Answers a table of error messages by index.
    static let parallel: HostFunction = { state in
        guard let call = HostCall(state), let instance = call.owner(as: PluginInstance.self) else { return 0 }
        guard let run = instance.currentRun, let fibers = call.fibers(1) else {
            return call.fail("parallel: cannot wait while the plugin is loaded")
        }
        guard let limit = call.integer(2), limit > 0 || fibers.isEmpty else {
            return call.fail("parallel: limit must be an integer greater than 0")
        }
        guard let timeout = call.number(3), timeout >= 0, timeout < 1e9 else {
            return call.fail("parallel: timeout must be a number of seconds")
        }
        guard fibers.count <= functionLimit else {
            return call.fail("parallel: more than \(functionLimit) functions")
        }
        guard let depth = instance.current?.depth, depth < depthLimit else {
            return call.fail("parallel: more than \(depthLimit) calls within each other")
        }
        let group = ParallelGroup(instance: instance, run: run, fibers: fibers, timeout: timeout)
        return instance.suspend(call, "parallel") { handle in
            group.begin(limit: limit, handle)
        }
    }
}

/// The coroutines of one `parallel` call.
final class ParallelGroup {
    private unowned let instance: PluginInstance
    private let run: CollectRun
    private let fibers: [Fiber]
    private let timeout: Double
    private let depth: Int
    private var next = 0
    private var running = 0
    private var errors: [Int: String] = [:]
    private var handle: OperationHandle?
    /// Why no more are started and the call raises.
    private var interruption: String?
    private var tasks: [Int: FiberTask] = [:]
    private var timers: [Int: Scheduled<Void>] = [:]

    init(instance: PluginInstance, run: CollectRun, fibers: [Fiber], timeout: Double) {
        self.instance = instance
        self.run = run
        self.fibers = fibers
        self.timeout = timeout
        depth = (instance.current?.depth ?? 0) + 1
    }

    /// Starts the first `limit` coroutines, from a fresh stack.
    func begin(limit: Int, _ handle: OperationHandle) {
        self.handle = handle
        handle.onInterrupt = { [self] message in interrupt(message) }
        instance.eventLoop.assumeIsolated().execute { [self] in
            for _ in 0..<min(limit, fibers.count) { startNext() }
            finishIfDone()
        }
    }

    private func startNext() {
        guard next < fibers.count, handle?.isDone == false else { return }
        let index = next
        next += 1
        running += 1
        let task = instance.spawn(fibers[index], in: run) { [self] error in ended(index, error) }
        task.depth = depth
        tasks[index] = task
        if timeout > 0 {
            timers[index] = instance.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(seconds: timeout)) {
                [self] in
                expire(index)
            }
        }
        instance.resume(task, with: .values(Plan()))
    }

    /// Wakes a coroutine that took too long with an error.
    private func expire(_ index: Int) { interrupt(index, "timed out after \(timeout) s") }

    private func interrupt(_ index: Int, _ message: String) {
        guard let task = tasks[index], let operation = task.operation else { return }
        if let interrupt = operation.onInterrupt { return interrupt(message) }
        operation.cancel()
        instance.resume(task, with: .raise(message))
    }

    /// Interrupts all coroutines; the call itself raises when they have ended.
    ///
    /// They must not outlive it: what keeps them from being collected is the stack of their caller.
    private func interrupt(_ message: String) {
        guard interruption == nil else { return }
        interruption = message
        next = fibers.count
        for index in tasks.keys.sorted() { interrupt(index, message) }
    }

    private func ended(_ index: Int, _ error: SandboxError?) {
        running -= 1
        tasks[index] = nil
        timers.removeValue(forKey: index)?.cancel()
        if let error { errors[index + 1] = instance.secrets.redact(error.description) }
        guard handle?.isDone == false else { return }
        instance.eventLoop.assumeIsolated().execute { [self] in
            startNext()
            finishIfDone()
        }
    }

    private func finishIfDone() {
        guard running == 0, next == fibers.count, let handle, !handle.isDone else { return }
        if let interruption { return handle.finish(.raise(interruption)) }
        var plan = Plan()
        plan.beginTable()
        for (index, message) in errors.sorted(by: { $0.key < $1.key }) {
            plan.push(message)
            plan.item(index)
        }
        handle.finish(.values(plan))
    }
}
