import Exposition
import Logging
import LuaSandbox
import NIOCore
import NIOPosix

/// What a plugin gets from outside: its configuration and where its words go.
struct PluginEnvironment: Sendable {
    var configuration: HubConfiguration
    /// Pairs `key=value` from the command line.
    var options: [String] = []
    /// For references in the options.
    var variables: [String: String] = [:]
    var logger: Logger
    /// For the names that plugins connect to.
    var resolver: any AddressResolver = SystemResolver()
    /// Whether the plugin's thread may be held to the plugin's files for good; not one that others use, as in tests.
    var confinesThreads = true
    /// Is told of runs that no scrape asked for.
    var observer: (any RunObserver)?
    /// Records or plays what goes in and out; nil for real work.
    var tape: TapeMode?
}

/// One loaded plugin: its Lua state, its families, its runs.
///
/// Everything happens on its event loop's thread.
final class PluginInstance {
    /// Rounds of resuming with an error, beyond one for each coroutine, before a run is given up with its state.
    static let cancelRounds = 32

    let source: PluginSource
    let environment: PluginEnvironment
    let configuration: PluginConfiguration
    let eventLoop: any EventLoop
    let sandbox: Sandbox
    let log: PluginLog
    var limits: PluginLimits { configuration.limits }

    /// Set by `plugin { ... }`.
    var declaration: PluginDeclaration?
    var settings = ResolvedSettings(plugin: [:], targets: [])
    var registry = FamilyRegistry()
    var grants = FileGrants(declared: [], allowed: nil, mounts: false)
    var reader = FileReader()
    var scratch = LabelScratch()
    /// The texts that must not be logged.
    var secrets: SecretRegistry
    var collect: Reference?
    let blocking: BlockingCalls
    /// What may be reached.
    var network = NetworkGrants()
    /// The programs that may be run.
    var programs = ProgramGrants()
    let programTable = ProgramTable()
    let connections: ConnectionTable
    let http: HTTPRequester
    /// By the files' patterns.
    var moduleLibraries: [[String]: ModuleLibrary] = [:]
    private(set) lazy var snmp = SNMPClient(self)
    private(set) lazy var snmpAccount = SNMPAccount(limits, memory)
    private(set) var tape: Tape?

    /// The coroutine that runs now.
    private(set) var current: FiberTask?
    /// What the running coroutine is about to wait for.
    private var pending: ((OperationHandle) -> Void)?
    private var runs: [RunKey: CollectRun] = [:]
    private var nextRun = 0
    /// Tells other threads whose script is executed.
    let executing: ExecutingRun
    let memory: HostMemory
    /// A broken limit has spoilt the state; runs that are under way may end, no new one may start.
    private(set) var isSpoilt = false

    init(
        source: PluginSource,
        environment: PluginEnvironment,
        eventLoop: any EventLoop,
        executing: ExecutingRun,
        memory: HostMemory
    ) throws(SandboxError) {
        self.source = source
        self.executing = executing
        self.memory = memory
        self.environment = environment
        self.eventLoop = eventLoop
        configuration = environment.configuration.plugin(source.name)
        secrets = environment.configuration.secrets
        log = PluginLog(plugin: source.name, logger: environment.logger)
        blocking = BlockingCalls(eventLoop: eventLoop)
        let limits = configuration.limits
        connections = ConnectionTable(eventLoop: eventLoop, memory: memory)
        http = HTTPRequester(eventLoop: eventLoop, keeping: limits.idleConnections, memory: memory)
        var sandboxLimits = SandboxLimits(memory: limits.memory, source: limits.source)
        // What is allowed to be read has to fit into one text.
        sandboxLimits.string = max(sandboxLimits.string, limits.fileSize, limits.responseSize)
        sandbox = try Sandbox(limits: sandboxLimits)
        sandbox.setOwner(self)
        tape = environment.tape.map { mode in
            Tape(mode, now: Clock.unixSeconds()) { [unowned self] in secrets.redact($0) }
        }
    }

    var currentRun: CollectRun? { current?.run }

    // MARK: Running

    /// Starts a collect of a target; `completion` is called once, on this thread.
    func start(_ request: RunRequest, completion: @escaping (CollectResult) -> Void) {
        nextRun += 1
        let run = CollectRun(nextRun, request, in: self, completion: completion)
        runs[run.key] = run
        run.transcript?.begin(blanking: secrets)
        guard !isSpoilt, let collect else {
            return end(run, RunFailure(reason: .abort, message: "the plugin's state was discarded"))
        }
        do {
            let fiber = try sandbox.makeFiber(collect)
            let task = FiberTask(fiber: fiber, run: run) { [unowned self, unowned run] error in
                end(run, error.map(failure))
            }
            run.tasks.append(task)
            resume(task, with: .values(targetArgument(request.subject)))
        } catch {
            end(run, failure(error))
        }
    }

    /// Starts another coroutine of the running run.
    func spawn(_ fiber: Fiber, in run: CollectRun, onEnd: @escaping (SandboxError?) -> Void) -> FiberTask {
        let task = FiberTask(fiber: fiber, run: run, onEnd: onEnd)
        run.tasks.append(task)
        return task
    }

    func resume(_ task: FiberTask, with result: OperationResult) {
        guard !task.run.hasEnded else { return }
        task.operation = nil
        advance(task) { budget in
            switch result {
            case .values(let plan): return sandbox.resume(task.fiber, with: plan, budget: &budget)
            case .raise(let message): return sandbox.resume(task.fiber, failing: message, budget: &budget)
            case .failure(let message):
                var plan = Plan()
                plan.pushNil()
                plan.push(message)
                return sandbox.resume(task.fiber, with: plan, budget: &budget)
            }
        }
    }

    /// Lets a coroutine run and deals with how it stopped.
    private func advance(_ task: FiberTask, _ resume: (inout RunBudget) -> Fiber.Outcome) {
        let previous = current
        current = task
        executing.set(task.run.key)
        var budget = task.run.budget
        let mark = budget.mark()
        let outcome = resume(&budget)
        executing.set(previous?.run.key)
        current = previous
        task.run.budget = budget
        // What the host does for the script is the plugin's time as well.
        defer {
            task.run.budget.charge(since: mark)
            memory.setState(sandbox.memoryUsed)
        }
        if budget.trip?.discardsState == true { isSpoilt = true }
        switch outcome {
        case .waiting: wait(task)
        case .finished: finish(task, nil)
        case .failed(let error): finish(task, error)
        }
        if budget.trip != nil, !task.run.hasEnded { cancelSoon(task.run.key) }
    }

    /// A broken limit ends the whole run: its other coroutines are not waited for.
    func cancelSoon(_ key: RunKey) {
        eventLoop.assumeIsolated().execute { [weak self] in self?.cancel(key) }
    }

    private func wait(_ task: FiberTask) {
        guard let begin = pending else { return finish(task, .runtime("coroutine yielded to the host")) }
        pending = nil
        let handle = OperationHandle(task: task, instance: self)
        task.operation = handle
        handle.begin(begin)
    }

    private func finish(_ task: FiberTask, _ error: SandboxError?) {
        pending = nil
        sandbox.discard(task.fiber)
        task.run.tasks.remove(task)
        task.onEnd(error)
    }

    private func end(_ run: CollectRun, _ failure: RunFailure?) {
        runs[run.key] = nil
        for task in run.tasks.all { task.operation?.cancel() }
        run.tasks.removeAll()
        run.end(failure, order: registry.byName, memory: sandbox.memoryUsed, isAbandoned: isSpoilt)
    }

    private func failure(_ error: SandboxError) -> RunFailure {
        let message = secrets.redact(error.description)
        if case .tripped(let trip, _) = error { return RunFailure(reason: FailureReason(trip), message: message) }
        return RunFailure(reason: .error, message: message)
    }

    /// Makes a host function wait: `begin` is called once the coroutine is suspended.
    func suspend(_ call: HostCall, _ name: String, _ begin: @escaping (OperationHandle) -> Void) -> Int32 {
        guard currentRun != nil else { return call.fail("\(name): cannot wait while the plugin is loaded") }
        guard call.canWait else {
            return call.fail("\(name): cannot wait inside __tostring or a metamethod of ipairs")
        }
        pending = begin
        return call.wait()
    }

    /// Ends a run: what it waits for is dropped, and its coroutines are resumed with an error until they have ended.
    func cancel(_ key: RunKey) {
        guard let run = runs[key] else { return }
        defer { connections.closeAll(usedBy: run.id) }
        for _ in 0..<run.tasks.count + Self.cancelRounds {
            guard let task = run.tasks.last, !run.hasEnded else { return }
            task.operation?.cancel()
            task.operation = nil
            run.budget.trip = run.budget.trip ?? .cancel
            advance(task) { sandbox.resume(task.fiber, with: Plan(), budget: &$0) }
        }
        isSpoilt = true
        end(run, RunFailure(reason: .timeout, message: "did not end when it was cancelled"))
    }

    func cancelAll() {
        for key in Array(runs.keys) { cancel(key) }
    }

    private func targetArgument(_ subject: RunRequest.Subject) -> Plan {
        let target: TargetConfiguration?
        var values = settings.plugin
        switch subject {
        case .configured(let index):
            target = index < configuration.targets.count ? configuration.targets[index] : nil
            if index < settings.targets.count { values = settings.targets[index] }
        case .adHoc(let asked):
            target = TargetConfiguration(address: asked.address, name: asked.address, line: 0)
            if let base = asked.base, base < settings.targets.count { values = settings.targets[base] }
            values.merge(asked.settings) { $1 }
        }
        var plan = Plan()
        plan.beginTable(fields: 4)
        if let target {
            plan.field("address") { $0.push(target.address) }
            plan.field("name") { $0.push(target.name) }
        }
        plan.field("labels") { plan in
            plan.beginTable()
            for (name, value) in (target?.labels ?? [:]).sorted(by: { $0.key < $1.key }) {
                plan.field(name) { $0.push(value) }
            }
        }
        plan.field("settings") { $0.push(values) }
        return plan
    }
}
