import Exposition
import LuaSandbox
import NIOCore
import SNMP

/// One module asked of one agent: follows the plan, translates what comes and puts it into the run.
///
/// Until the module is complete nothing of it is in the run.
final class ModuleScrape {
    /// The walks that are told apart: those of the module, and that of a filter.
    private enum Part: Int {
        case objects
        case column
    }

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
    /// What the agent answered; nil once it has been translated.
    private var holding: SNMPHolding?
    /// Where the answers for the filter at hand begin.
    private var columnStart = 0
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
        holding = SNMPHolding(instance.snmpAccount, walks: 2)
    }

    private var run: CollectRun { handle.run }

    func begin() {
        handle.onCancel = { [self] in stop() }
        if let timeout = options.timeout {
            timer = instance.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(seconds: timeout)) { [self] in
                guard !handle.isDone else { return }
                finish(
                    failing: .failure(
                        "\(agent.endpoint): not complete within \(Self.text(timeout)) s, \(bindings(.objects).count) objects so far"
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
        case .filter(let column): walk(column, .column)
        case .walk(let root): walk(root, .objects)
        case .get(let names):
            operation = instance.snmp.get(names, from: agent, for: run) { [self] result in
                switch result {
                case .failure(let failure): fail(failure)
                case .success(let answers):
                    guard take(answers.filter { !$0.value.isMissing }, .objects) else { return failForSize() }
                    advance()
                }
            }
        case .done: finish()
        }
    }

    private func walk(_ root: ObjectIdentifier, _ part: Part) {
        columnStart = bindings(.column).count
        operation = instance.snmp.walk(
            root,
            of: agent,
            for: run,
            { [self] answers in take(answers, part) },
            { [self] failure in
                if holding?.excess != nil { return failForSize() }
                switch (part, failure) {
                case (.objects, let failure?): return fail(failure)
                case (.objects, nil): break
                case (.column, _):
                    run.transcript?.note("snmp <", "filter by \(root): \(failure?.text ?? "ok")")
                    plan.filtered(failure == nil ? Array(bindings(.column)[columnStart...]) : nil)
                }
                advance()
            }
        )
    }

    private func bindings(_ part: Part) -> [VariableBinding] { holding?.bindings[part.rawValue] ?? [] }

    private func take(_ answers: [VariableBinding], _ part: Part) -> Bool {
        holding?.take(answers, of: part.rawValue) ?? false
    }

    /// Adds what the last operation sent; nothing in a recorded case.
    private func count() {
        guard instance.tape == nil else { return }
        metrics.packetsSent += operation?.packetsSent ?? 0
        metrics.packetsRetried += operation?.packetsRetried ?? 0
        operation = nil
    }

    // MARK: Ends

    private func failForSize() {
        finish(failing: .failure("\(agent.endpoint): \(holding?.excess ?? "the answer is too long")"))
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
        metrics.objects = bindings(.objects).count
        run.transcript?.note("snmp <", "\(metrics.objects) objects of \(agent.endpoint)")
        let mark = run.budget.mark()
        let translation = ModuleTranslator.translate(bindings(.objects), module, translationOptions)
        run.budget.charge(since: mark)
        holding = nil
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

    private var translationOptions: TranslationOptions {
        var options = TranslationOptions()
        options.wrapsCounters = self.options.wrapsCounters
        options.labels = labels
        options.maximumSamples = max(0, instance.limits.samples - run.samples)
        return options
    }

    private func broken(_ failure: RunFailure) -> RunFailure {
        run.breakLimit(failure)
        return failure
    }

    /// Seconds since the beginning; 0 in a recorded case, which comes to the same each time.
    private var seconds: Double { instance.tape == nil ? (NIODeadline.now() - start).inSeconds : 0 }

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
