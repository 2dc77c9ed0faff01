import Exposition
import LuaSandbox
import NIOCore

/// Why a run failed, as `hub_plugin_failures_total` counts it.
enum FailureReason: String, Sendable, CaseIterable {
    case load
    case error
    case timeout
    case cpu
    case memory
    case samples
    case bytes
    case abort

    init(_ trip: Trip) {
        switch trip {
        case .cpu: self = .cpu
        case .memory: self = .memory
        case .abort: self = .abort
        case .cancel: self = .timeout
        }
    }
}

/// One failure with its text.
struct RunFailure: Error, Sendable, Equatable {
    let reason: FailureReason
    let message: String
    /// Whether what was asked for does not exist: the fault of whoever asked.
    var isRefusal = false
}

extension RunFailure {
    static func samples(_ limits: PluginLimits) -> RunFailure {
        RunFailure(reason: .samples, message: "more than \(limits.samples) samples")
    }

    static func bytes(_ limits: PluginLimits) -> RunFailure {
        RunFailure(reason: .bytes, message: "more than \(limits.bytes) bytes of samples")
    }
}

/// What one collect of one target came to.
struct CollectResult: Sendable {
    /// Empty after a failure: a run is atomic.
    let outcome: Result<[FamilyBlock], RunFailure>
    let duration: TimeAmount
    /// CPU time in seconds.
    let cpuSeconds: Double
    /// Bytes of the plugin's state after the run.
    let memory: Int
    /// The state must not be used again.
    let discardsState: Bool
}

/// One collect of one target while it goes on.
///
/// Lives on the plugin's thread.
final class CollectRun {
    /// Unique among the runs of the state.
    let id: Int
    let key: RunKey
    /// Which of the registry's target labels its samples bear.
    let labelSet: Int
    /// What it may connect to: all that the plugin is granted, or for a target that is not configured what its probe is.
    let network: NetworkGrants
    /// Nil when nobody is going to read it.
    let transcript: RunTranscript?
    let startedAt = NIODeadline.now()
    var budget: RunBudget
    /// By family index.
    var blocks: [FamilyBlock]
    /// Families that were parsed and not declared.
    var parsed: [ParsedFamilies] = []
    /// Of agents, which are asked many times.
    let names = RunNames()
    private(set) var samples = 0
    private(set) var bytes = 0
    private let hold: MemoryHold
    /// Bytes of samples that are not held yet, for every sample would take as long as the sample itself.
    private var unheld = 0
    private static let holdStep = 16 << 10
    /// What the host keeps of a family in a run, and of a sample to find duplicates, about.
    static let overhead = (family: 320, sample: 16)
    /// A broken limit of the output; sticky, so that the script cannot swallow it.
    private(set) var brokenLimit: RunFailure?
    /// The coroutines of this run that have not ended.
    var tasks = TaskList()
    /// Answers by SNMP that the script is taking.
    private var answers: [Int: SNMPResult] = [:]
    private var lastAnswer = 0
    private var completion: ((CollectResult) -> Void)?

    init(
        _ id: Int,
        _ request: RunRequest,
        in plugin: PluginInstance,
        completion: @escaping (CollectResult) -> Void
    ) {
        self.id = id
        key = request.key
        switch request.subject {
        case .configured(let target): (labelSet, network) = (target, plugin.network)
        case .adHoc(let target):
            labelSet = plugin.registry.targetLabels.count
            network =
                target.grants.map { NetworkGrants(declared: $0.compactMap(NetworkPattern.init)) } ?? plugin.network
        }
        transcript = request.transcript
        budget = RunBudget(cpuLimit: plugin.limits.cpu)
        blocks = plugin.registry.families.map { FamilyBlock($0.descriptor) }
        hold = MemoryHold(.samples, of: plugin)
        self.completion = completion
        hold.add(blocks.count * Self.overhead.family, for: self)
    }

    /// Counts what an emission added.
    func charge(samples added: Int, bytes addedBytes: Int, limits: PluginLimits) throws(RunFailure) {
        samples += added
        bytes += addedBytes
        unheld += addedBytes + added * Self.overhead.sample
        if unheld >= Self.holdStep {
            hold.add(unheld, for: self)
            unheld = 0
        }
        if samples > limits.samples {
            brokenLimit = .samples(limits)
        } else if bytes > limits.bytes {
            brokenLimit = .bytes(limits)
        }
        if let brokenLimit { throw brokenLimit }
    }

    /// Ends the run for a limit that was broken outside of `charge`.
    func breakLimit(_ failure: RunFailure) { brokenLimit = brokenLimit ?? failure }

    /// Reports the end, once.
    ///
    /// `order` are the indices of the families in the order in which they are handed on.
    func end(_ failure: RunFailure?, order: [Int], memory: Int, isAbandoned: Bool = false) {
        guard let completion else { return }
        self.completion = nil
        let failure = brokenLimit ?? failure
        let families = failure == nil ? families(order) : []
        blocks = []
        parsed = []
        answers = [:]
        hold.set(0)
        let duration = NIODeadline.now() - startedAt
        let cpuSeconds = Double(budget.cpuUsed) / 1e9
        transcript?.end(
            .init(seconds: duration.inSeconds, cpuSeconds: cpuSeconds, samples: samples, bytes: bytes, memory: memory)
        )
        completion(
            CollectResult(
                outcome: failure.map { .failure($0) } ?? .success(families),
                duration: duration,
                cpuSeconds: cpuSeconds,
                memory: memory,
                discardsState: isAbandoned || budget.trip?.discardsState == true
            )
        )
    }

    /// What the run hands on; the merge joins what is declared and what is parsed of one name.
    private func families(_ order: [Int]) -> [FamilyBlock] {
        let declared = order.filter { $0 < blocks.count && blocks[$0].sampleCount > 0 }.map { blocks[$0] }
        return declared + parsed.inOrder.flatMap(\.families)
    }

    var hasEnded: Bool { completion == nil }

    /// Keeps an answer until the script has taken it, or the run ends; its number is for `kept`.
    func keep(_ answer: SNMPResult) -> Int {
        lastAnswer += 1
        answers[lastAnswer] = answer
        return lastAnswer
    }

    func kept(_ number: Int) -> SNMPResult? { answers[number] }

    func forget(_ number: Int) { answers[number] = nil }
}

/// One coroutine of a run.
final class FiberTask {
    let fiber: Fiber
    let run: CollectRun
    /// What the coroutine waits for.
    var operation: OperationHandle?
    /// Where its run keeps it.
    var slot = 0
    /// How many calls of `parallel` it is below.
    var depth = 0
    /// Called with nil or the failure when the coroutine has ended.
    let onEnd: (SandboxError?) -> Void

    init(fiber: Fiber, run: CollectRun, onEnd: @escaping (SandboxError?) -> Void) {
        self.fiber = fiber
        self.run = run
        self.onEnd = onEnd
    }
}

/// What a waiting host function gets in the end.
enum OperationResult: Sendable {
    case values(Plan)
    /// Answered as `nil, message`.
    case failure(String)
    /// Raised at the place of the call.
    case raise(String)
}

/// One wait of one coroutine.
///
/// It is finished once, on the plugin's thread; later answers are dropped.
final class OperationHandle {
    private let task: FiberTask
    private weak var instance: PluginInstance?
    private(set) var isDone = false
    /// While the operation begins its coroutine is still on the stack; a result that is there at once has to wait.
    private var isBeginning = false
    private var early: OperationResult?
    /// Releases what the operation holds when the run is cancelled.
    var onCancel: (() -> Void)?
    /// Instead of cancelling: ends what the operation started, then the operation itself with this error.
    var onInterrupt: ((String) -> Void)?

    init(task: FiberTask, instance: PluginInstance) {
        self.task = task
        self.instance = instance
    }

    /// The run that waits.
    var run: CollectRun { task.run }

    /// Starts the operation; a result that it has at once comes by the event loop, so that no stack grows.
    func begin(_ body: (OperationHandle) -> Void) {
        isBeginning = true
        body(self)
        isBeginning = false
        if early != nil { finishSoon() }
    }

    private func finishSoon() {
        instance?.eventLoop.assumeIsolated().execute { [self] in
            if let result = early { finish(result) }
        }
    }

    func finish(_ result: OperationResult) {
        guard !isDone else { return }
        guard !isBeginning else {
            early = early ?? result
            return
        }
        // One coroutine may end what another waits for, as by closing its connection; the state runs one at a time.
        guard instance?.current == nil else {
            early = early ?? result
            return finishSoon()
        }
        isDone = true
        onCancel = nil
        onInterrupt = nil
        instance?.resume(task, with: result)
    }

    func cancel() {
        guard !isDone else { return }
        isDone = true
        onCancel?()
        onCancel = nil
        onInterrupt = nil
    }
}
