import LuaSandbox
import SNMP

/// The walks of one call; what they bring is told when all have ended, or the first one has failed.
final class SNMPWalks {
    /// Walks of one call at once.
    static let width = 4

    private let roots: [ObjectIdentifier]
    private let agent: SNMPAgent
    private unowned let instance: PluginInstance
    private let handle: OperationHandle
    private let result: (SNMPHolding) -> SNMPResult
    private let holding: SNMPHolding
    private var operations: [SNMPOperation] = []
    private var started = 0
    private var ended = 0

    /// `result` makes what the script takes.
    init(
        _ roots: [ObjectIdentifier],
        of agent: SNMPAgent,
        _ instance: PluginInstance,
        _ handle: OperationHandle,
        _ result: @escaping (SNMPHolding) -> SNMPResult
    ) {
        self.roots = roots
        self.agent = agent
        self.instance = instance
        self.handle = handle
        self.result = result
        holding = SNMPHolding(instance.snmpAccount, walks: roots.count)
    }

    func start() {
        handle.onCancel = { [self] in cancel() }
        guard !roots.isEmpty else { return finish() }
        for _ in 0..<min(Self.width, roots.count) { startNext() }
    }

    private func cancel() {
        for operation in operations { operation.cancel() }
        operations = []
    }

    private func startNext() {
        guard started < roots.count else { return }
        let number = started
        started += 1
        let operation = instance.snmp.walk(
            roots[number],
            of: agent,
            for: handle.run,
            { [self] bindings in holding.take(bindings, of: number) },
            { [self] failure in end(failure) }
        )
        operations.append(operation)
    }

    private func end(_ failure: SNMPFailure?) {
        guard !handle.isDone else { return }
        if let excess = holding.excess { return fail(.failure("\(agent.endpoint): \(excess)")) }
        if let failure { return fail(failure.result) }
        ended += 1
        if ended == roots.count { finish() } else { startNext() }
    }

    private func fail(_ result: OperationResult) {
        cancel()
        if case .failure(let message) = result { handle.run.transcript?.note("snmp <", message) }
        handle.finish(result)
    }

    private func finish() {
        operations = []
        let count = holding.bindings.reduce(0) { $0 + $1.count }
        handle.run.transcript?.note("snmp <", "\(count) objects of \(agent.endpoint)")
        var plan = Plan()
        plan.push(handle.run.keep(result(holding)))
        handle.finish(.values(plan))
    }
}
