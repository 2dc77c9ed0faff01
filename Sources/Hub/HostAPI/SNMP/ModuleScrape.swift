import Exposition
import LuaSandbox
import NIOCore
import SNMP

/// One module asked of one agent: follows the plan, translates what comes and puts it into the run.
///
/// Until the module is complete nothing of it is in the run.
final class ModuleScrape {
    /// What a binding takes beside its value: headers, and the numbers of its name.
    private static let overhead = 112

    /// What the script says about it.
    struct Options {
        var wrapsCounters = true
        /// Whether snmp_exporter's own metrics bear the label `module`.
        var labelsModule = true
        /// Seconds for the whole module; nil for as long as the run has.
        var timeout: Double?
    }

    private let module: CompiledModule
    private let agent: SNMPAgent
    private let options: Options
    private unowned let instance: PluginInstance
    private let handle: OperationHandle
    private var plan: ScrapePlan
    private var operation: SNMPOperation?
    private var bindings: [VariableBinding] = []
    /// What the walk of a filter brought.
    private var column: [VariableBinding] = []
    private var size = 0
    private var metrics = ModuleMetrics()
    private let start = NIODeadline.now()
    private var timer: Scheduled<Void>?

    init(
        _ module: CompiledModule,
        of agent: SNMPAgent,
        _ options: Options,
        _ instance: PluginInstance,
        _ handle: OperationHandle
    ) {
        self.module = module
        self.agent = agent
        self.options = options
        self.instance = instance
        self.handle = handle
        plan = ScrapePlan(module.module)
    }

    private var run: CollectRun { handle.run }

    func begin() {
        handle.onCancel = { [self] in stop() }
        if let timeout = options.timeout {
            timer = instance.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(seconds: timeout)) { [self] in
                guard !handle.isDone else { return }
                finish(
                    failing: .failure(
                        "\(agent.endpoint): not complete within \(Self.text(timeout)) s, \(bindings.count) objects so far"
                    )
                )
            }
        }
        run.transcript?.note("snmp >", "module \(module.module.name) of \(agent.endpoint)")
        advance()
    }

    private func advance() {
        guard !handle.isDone else { return }
        count()
        switch plan.next() {
        case .filter(let column): walk(column, isFilter: true)
        case .walk(let root): walk(root, isFilter: false)
        case .get(let names):
            operation = instance.snmp.get(names, from: agent, for: run) { [self] result in
                switch result {
                case .failure(let failure): fail(failure)
                case .success(let answers):
                    guard take(answers.filter { !$0.value.isMissing }, isFilter: false) else { return failForSize() }
                    advance()
                }
            }
        case .done: finish()
        }
    }

    private func walk(_ root: ObjectIdentifier, isFilter: Bool) {
        operation = instance.snmp.walk(
            root,
            of: agent,
            for: run,
            { [self] answers in take(answers, isFilter: isFilter) },
            { [self] failure in
                if isTooLarge { return failForSize() }
                if isFilter {
                    run.transcript?.note("snmp <", "no filter by \(root): \(failure?.text ?? "ok")")
                    plan.filtered(failure == nil ? column : nil)
                    column = []
                } else if let failure {
                    return fail(failure)
                }
                advance()
            }
        )
    }

    private var isTooLarge: Bool { size > instance.limits.responseSize }

    private func take(_ answers: [VariableBinding], isFilter: Bool) -> Bool {
        for answer in answers { size += Self.overhead + Self.bytes(of: answer.value) }
        guard !isTooLarge else { return false }
        if isFilter { column += answers } else { bindings += answers }
        return true
    }

    private static func bytes(of value: SNMPValue) -> Int {
        switch value {
        case .octets(let bytes), .opaque(let bytes), .ipAddress(let bytes): bytes.count
        case .oid(let name): name.components.count * 4
        default: 0
        }
    }

    /// Adds what the last operation sent.
    private func count() {
        metrics.packetsSent += operation?.packetsSent ?? 0
        metrics.packetsRetried += operation?.packetsRetried ?? 0
        operation = nil
    }

    // MARK: Ends

    private func failForSize() {
        let limit = instance.limits.responseSize
        finish(
            failing: .failure("\(agent.endpoint): the answers are longer than \(limit) bytes, see limits.response_size")
        )
    }

    private func fail(_ failure: SNMPFailure) { finish(failing: failure.result) }

    /// Tenths of seconds.
    private static func text(_ seconds: Double) -> String { "\((seconds * 10).rounded() / 10)" }

    private func stop() {
        timer?.cancel()
        timer = nil
        operation?.cancel()
    }

    private func finish(failing result: OperationResult) {
        stop()
        metrics.isSuccess = false
        if case .failure(let message) = result { run.transcript?.note("snmp <", message) }
        do throws(RunFailure) {
            try put([])
            handle.finish(result)
        } catch {
            handle.finish(.raise("snmp.scrape: \(error.message)"))
        }
    }

    private func finish() {
        stop()
        metrics.walkSeconds = seconds
        metrics.objects = bindings.count
        run.transcript?.note("snmp <", "\(bindings.count) objects of \(agent.endpoint)")
        var options = TranslationOptions()
        options.wrapsCounters = self.options.wrapsCounters
        options.labels = labels
        options.maximumSamples = max(0, instance.limits.samples - run.samples)
        let translation = run.budget.spend { ModuleTranslator.translate(bindings, module, options) }
        bindings = []
        metrics.dropped = translation.dropped
        metrics.totalSeconds = seconds
        do throws(RunFailure) {
            if translation.isFull { throw broken(.samples(instance.limits)) }
            if run.budget.isExhausted { throw broken(RunFailure(reason: .cpu, message: "CPU limit exceeded")) }
            try put(translation.families)
            handle.finish(.values(result(translation)))
        } catch {
            handle.finish(.raise("snmp.scrape: \(error.message)"))
        }
    }

    private func broken(_ failure: RunFailure) -> RunFailure {
        run.breakLimit(failure)
        return failure
    }

    /// Seconds since the beginning; 0 in a recorded case, which is the same each time.
    private var seconds: Double {
        instance.tape?.isReplay == true ? 0 : (NIODeadline.now() - start).inSeconds
    }

    private var labels: [(name: String, value: String)] {
        let constants = instance.registry.targetLabels
        return run.labelSet < constants.count ? constants[run.labelSet] : []
    }

    /// Puts families and what the module says of itself into the run.
    private func put(_ families: [FamilyBlock]) throws(RunFailure) {
        let name = module.module.name
        let own = metrics.families(module: options.labelsModule ? name : nil, name: name, labels: labels)
        let all = families + own
        let samples = all.reduce(0) { $0 + $1.sampleCount }
        let size = all.reduce(0) { $0 + $1.byteCount }
        try run.charge(samples: samples, bytes: size, limits: instance.limits)
        run.parsed.append(ParsedFamilies(source: "\(agent.endpoint) \(name)", families: all))
    }

    private func result(_ translation: Translation) -> Plan {
        var plan = Plan()
        plan.beginTable(fields: 6)
        plan.field("samples") { $0.push(translation.families.reduce(0) { $0 + $1.sampleCount }) }
        plan.field("objects") { $0.push(metrics.objects) }
        plan.field("packets") { $0.push(metrics.packetsSent) }
        plan.field("dropped") { $0.push(translation.dropped) }
        plan.field("first_dropped") { plan in
            if let text = translation.firstDropped { plan.push(text) } else { plan.pushNil() }
        }
        return plan
    }
}
