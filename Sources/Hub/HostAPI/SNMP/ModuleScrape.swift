import Exposition
import LuaSandbox
import NIOCore
import SNMP

/// One module asked of one agent: follows the plan, translates what comes and puts it into the run.
///
/// Until the module is complete nothing of it is in the run.
final class ModuleScrape {
    /// Steps of a module at the same time: while the agent works on one, the answers of another are read.
    static let stepsAtOnce = 4

    /// Answers that are told apart; the module's walks follow, each with a number of its own.
    private enum Part {
        static let got = 0
        static let column = 1
        static let firstWalk = 2
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
    /// What is under way, by numbers.
    private var operations: [Int: SNMPOperation] = [:]
    private var lastOperation = 0
    /// Walks of the module that were begun.
    private var walkCount = 0
    /// Steps that go on.
    private var underWay = 0
    /// The step of the plan that waits for others to end.
    private var held: ScrapePlan.Step?
    private var isOver = false
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
        holding = SNMPHolding(instance.snmpAccount, walks: Part.firstWalk + module.module.walk.count)
    }

    private var run: CollectRun { handle.run }

    func begin() {
        handle.onCancel = { [self] in stop() }
        if let timeout = options.timeout {
            timer = instance.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(seconds: timeout)) { [self] in
                guard !handle.isDone else { return }
                let objects = objectParts.reduce(0) { $0 + $1.count }
                let text = "not complete within \(Self.text(timeout)) s, \(objects) objects so far"
                finish(failing: .failure("\(agent.endpoint): \(text)"))
            }
        }
        run.transcript?.note("snmp >", "module \(module.module.name) of \(agent.endpoint)")
        advance()
    }

    /// Begins what the plan has next, and several steps at once; where answers are recorded, one after the other.
    private func advance() {
        let limit = instance.tape == nil ? Self.stepsAtOnce : 1
        while !isOver, !handle.isDone {
            let step = held ?? plan.next()
            held = nil
            switch step {
            case .get(let names) where underWay < limit: get(names)
            case .walk(let root) where underWay < limit: walkObjects(root)
            case _ where underWay > 0:
                held = step
                return
            case .filter(let column): return walkColumn(column)
            case .get, .walk: return
            case .done: return finish()
            }
        }
    }

    private func get(_ names: [ObjectIdentifier]) {
        underWay += 1
        begin { number in
            instance.snmp.get(names, from: agent, for: run) { [self] result in
                ended(number)
                underWay -= 1
                switch result {
                case .failure(let failure): fail(failure)
                case .success(let answers):
                    guard take(answers.filter { !$0.value.isMissing }, Part.got) else { return failForSize() }
                    advance()
                }
            }
        }
    }

    private func walkObjects(_ root: ObjectIdentifier) {
        let part = Part.firstWalk + walkCount
        walkCount += 1
        underWay += 1
        walk(root, part) { [self] failure in
            underWay -= 1
            if let failure { return fail(failure) }
            advance()
        }
    }

    /// Walks what a filter looks at; where that fails the filter does nothing.
    private func walkColumn(_ root: ObjectIdentifier) {
        let start = bindings(Part.column).count
        walk(root, Part.column) { [self] failure in
            run.transcript?.note("snmp <", "filter by \(root): \(failure?.text ?? "ok")")
            plan.filtered(failure == nil ? Array(bindings(Part.column)[start...]) : nil)
            advance()
        }
    }

    private func walk(_ root: ObjectIdentifier, _ part: Int, _ completion: @escaping (SNMPFailure?) -> Void) {
        begin { number in
            instance.snmp.walk(
                root,
                of: agent,
                for: run,
                { [self] answers in take(answers, part) },
                { [self] failure in
                    ended(number)
                    guard !isOver else { return }
                    guard holding?.excess == nil else { return failForSize() }
                    completion(failure)
                }
            )
        }
    }

    /// Keeps an operation until it has ended, which may be at once.
    private func begin(_ body: (Int) -> SNMPOperation) {
        lastOperation += 1
        let number = lastOperation
        let operation = body(number)
        if !operation.isOver { operations[number] = operation }
    }

    /// Adds what an operation sent; nothing in a recorded case.
    private func ended(_ number: Int) {
        guard let operation = operations.removeValue(forKey: number), instance.tape == nil else { return }
        metrics.packetsSent += operation.packetsSent
        metrics.packetsRetried += operation.packetsRetried
    }

    private func bindings(_ part: Int) -> [VariableBinding] { holding?.bindings[part] ?? [] }

    /// What was got and walked, in the order of the module.
    private var objects: [VariableBinding] { objectParts.flatMap { $0 } }

    private var objectParts: [[VariableBinding]] {
        (holding?.bindings ?? []).enumerated().filter { $0.offset != Part.column }.map(\.element)
    }

    private func take(_ answers: [VariableBinding], _ part: Int) -> Bool {
        !isOver && holding?.take(answers, of: part) ?? false
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
        isOver = true
        for operation in operations.values { operation.cancel() }
        operations = [:]
    }

    private func finish(failing result: OperationResult) {
        guard !isOver else { return }
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
        let objects = objects
        metrics.walkSeconds = seconds
        metrics.objects = objects.count
        run.transcript?.note("snmp <", "\(metrics.objects) objects of \(agent.endpoint)")
        let mark = run.budget.mark()
        let translation = ModuleTranslator.translate(objects, module, translationOptions)
        run.budget.charge(since: mark)
        holding = nil
        metrics.dropped = translation.dropped
        metrics.totalSeconds = seconds
        do throws(RunFailure) {
            switch translation.excess {
            case .samples: throw broken(.samples(instance.limits))
            case .bytes: throw broken(.bytes(instance.limits))
            case nil: break
            }
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
        options.maximumBytes = max(0, instance.limits.bytes - run.bytes)
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
