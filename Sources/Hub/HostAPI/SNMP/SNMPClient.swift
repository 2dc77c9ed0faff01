import NIOCore
import SNMP

/// Asks agents by SNMP for the runs of one plugin.
///
/// Everything happens on the plugin's event loop, and nothing is told before the call that asks has returned. What fails is
/// told once, with the agent in its text. An operation has to be cancelled when its run is; when a run has ended nothing is
/// told of its operations in any case.
final class SNMPClient {
    /// How exactly times are kept: many requests end in one step.
    static let timerStep = Duration.milliseconds(10)

    unowned let instance: PluginInstance
    private let eventLoop: any EventLoop
    private var dispatcher = SNMPDispatcher()
    private lazy var sockets = SNMPSockets(
        eventLoop,
        onDatagram: { [unowned self] bytes, address in receive(bytes, from: address) },
        onRefusal: { [unowned self] address, reason in refuse(address, reason) },
        isAnswerAwaited: { [unowned self] in inFlight > 0 }
    )
    /// Those that wait for an answer.
    private var operations: [SNMPDispatcher.Token: SNMPOperation] = [:]
    private var timer: Scheduled<Void>?
    private var timerDeadline: Duration?
    private let start = NIODeadline.now()

    init(_ instance: PluginInstance) {
        self.instance = instance
        eventLoop = instance.eventLoop
    }

    /// Requests that wait for an answer or for their turn.
    var inFlight: Int { dispatcher.count }

    var counters: SNMPCounters {
        var counters = dispatcher.counters
        counters.unsent = sockets.unsent
        return counters
    }

    private var now: Duration { .nanoseconds((NIODeadline.now() - start).nanoseconds) }

    /// Gets the values of objects, in the order of `names`; what the agent does not have is `.noSuchObject` or
    /// `.noSuchInstance`, in version 1, too.
    ///
    /// More objects than `maximumOIDs`, or than the agent can answer at once, are asked for in several requests.
    @discardableResult
    func get(
        _ names: [ObjectIdentifier],
        from agent: SNMPAgent,
        for run: CollectRun,
        _ completion: @escaping (Result<[VariableBinding], SNMPFailure>) -> Void
    ) -> SNMPOperation {
        if let operation = played(names, from: agent, for: run, completion) { return operation }
        let completion = recorded(names, from: agent, completion)
        var get = GetOperation(names, agent.options)
        let operation = SNMPOperation(agent, run, self)
        let advance: (GetOperation.Step) -> Void = { [unowned self, unowned operation] step in
            switch step {
            case .ask(let kind): ask(kind, operation)
            case .done(let bindings):
                operation.finish()
                completion(.success(bindings))
            case .failed(let error):
                operation.finish()
                completion(.failure(failed(agent, error)))
            }
        }
        operation.receive = { [unowned operation] result in
            switch result {
            case .success(let answer): advance(get.take(answer))
            case .failure(let failure):
                operation.finish()
                completion(.failure(failure))
            }
        }
        begin(operation) { advance(get.next()) }
        return operation
    }

    /// Reads the objects below `root`, or the one that it names itself when there are none.
    ///
    /// `receive` gets them in batches and in order (unless `allowsNonIncreasing`), all below the root, and may end the
    /// walk, without an error, by returning false; `completion` gets nil when all have been read.
    @discardableResult
    func walk(
        _ root: ObjectIdentifier,
        of agent: SNMPAgent,
        for run: CollectRun,
        _ receive: @escaping ([VariableBinding]) -> Bool,
        _ completion: @escaping (SNMPFailure?) -> Void
    ) -> SNMPOperation {
        if let operation = played(root, of: agent, for: run, receive, completion) { return operation }
        let (receive, completion) = recorded(root, of: agent, receive, completion)
        var walk = WalkOperation(root, agent.credentials, agent.options)
        let operation = SNMPOperation(agent, run, self)
        operation.receive = { [unowned self, unowned operation] result in
            let step: WalkOperation.Step
            switch result {
            case .failure(let failure):
                operation.finish()
                return completion(failure)
            case .success(let answer): step = walk.take(answer)
            }
            let goesOn = step.bindings.isEmpty || receive(step.bindings)
            // The receiver may have cancelled it.
            guard !operation.isOver else { return }
            switch step.next {
            case .ask(let kind) where goesOn: ask(kind, operation)
            case .ask:
                operation.finish()
                completion(nil)
            case .end(let error):
                operation.finish()
                completion(goesOn ? error.map { failed(agent, $0) } : nil)
            }
        }
        begin(operation) { [unowned self, unowned operation] in ask(walk.first, operation) }
        return operation
    }

    /// Resolves the agent's name, then calls `body`, unless the operation is over.
    private func begin(_ operation: SNMPOperation, _ body: @escaping () -> Void) {
        eventLoop.assumeIsolated().execute { [weak self] in
            guard let self, isLive(operation) else { return }
            let options = operation.agent.options
            let limit = TimeAmount(seconds: options.timeout * Double(options.retries + 1))
            let endpoint = operation.agent.endpoint
            instance.resolve(endpoint, for: operation.run, within: limit, oncePerRun: true) { [weak self] result in
                guard let self, isLive(operation) else { return }
                switch result {
                case .failure(let error): operation.receive?(.failure(.network(error)))
                case .success(let addresses):
                    operation.addresses = addresses.compactMap { AgentAddress($0.at(port: endpoint.port)) }
                    body()
                }
            }
        }
    }

    private func isLive(_ operation: SNMPOperation) -> Bool {
        if operation.run.hasEnded { operation.cancel() }
        return !operation.isOver
    }

    private func ask(_ kind: SNMPQuery.Kind, _ operation: SNMPOperation) {
        let query = SNMPQuery(
            kind,
            target: "\(operation.agent.endpoint)",
            addresses: operation.addresses,
            credentials: operation.agent.credentials,
            options: operation.agent.options
        )
        var actions: [SNMPDispatcher.Action] = []
        let token = dispatcher.start(query, now: now, &actions)
        operation.run.transcript?.note("snmp >", "\(query.target): \(kind)")
        operation.token = token
        operations[token] = operation
        perform(actions)
    }

    /// Forgets an operation that was cancelled.
    func withdraw(_ operation: SNMPOperation) {
        guard let token = operation.token, operations.removeValue(forKey: token) != nil else { return }
        var actions: [SNMPDispatcher.Action] = []
        dispatcher.cancel(token, now: now, &actions)
        operation.count(sent: dispatcher.takeDatagrams(token))
        perform(actions)
    }

    private func receive(_ bytes: [UInt8], from address: AgentAddress) {
        var actions: [SNMPDispatcher.Action] = []
        dispatcher.receive(bytes, from: address, now: now, &actions)
        perform(actions)
    }

    private func refuse(_ address: AgentAddress, _ reason: String) {
        var actions: [SNMPDispatcher.Action] = []
        dispatcher.refuse(address, reason: reason, now: now, &actions)
        perform(actions)
    }

    private func perform(_ actions: [SNMPDispatcher.Action]) {
        for action in actions {
            switch action {
            case .send(let bytes, let address): sockets.send(bytes, to: address)
            case .finish(let token, let result):
                guard let operation = operations.removeValue(forKey: token) else { continue }
                operation.token = nil
                operation.count(sent: dispatcher.takeDatagrams(token))
                guard isLive(operation) else { continue }
                note(result, operation)
                operation.receive?(result.mapError { failed(operation.agent, $0) })
            }
        }
        instance.memory.setAgents(requests: inFlight, dispatcher.memory, counters)
        schedule()
    }

    /// Counts a limit that was the reason.
    private func failed(_ agent: SNMPAgent, _ error: SNMPError) -> SNMPFailure {
        if let limit = SNMPLimit(error) { instance.snmpAccount.count(limit) }
        return .agent(agent.endpoint, error)
    }

    private func note(_ result: Result<SNMPAnswer, SNMPError>, _ operation: SNMPOperation) {
        guard let transcript = operation.run.transcript else { return }
        switch result {
        case .failure(let error): transcript.note("snmp <", "\(operation.agent.endpoint): \(error.text)")
        case .success(let answer):
            let status = answer.status.map { ", \($0)" } ?? ""
            let first = answer.bindings.first.map { ", from \($0.name) = \($0.value)" } ?? ""
            let text = "\(answer.bindings.count) objects\(first)\(status)"
            transcript.note("snmp <", "\(operation.agent.endpoint): \(text)")
        }
    }

    private func schedule() {
        guard let deadline = dispatcher.nextDeadline else { return }
        if let timerDeadline, timerDeadline <= deadline { return }
        timer?.cancel()
        timerDeadline = deadline
        let time = max(deadline, now + Self.timerStep)
        timer = eventLoop.assumeIsolated().scheduleTask(deadline: start + TimeAmount(time)) { [weak self] in
            guard let self else { return }
            timerDeadline = nil
            timer = nil
            var actions: [SNMPDispatcher.Action] = []
            dispatcher.expire(now: now, &actions)
            perform(actions)
        }
    }

    /// Ends everything; the future is done when the sockets are closed.
    func shutdown() -> EventLoopFuture<Void> {
        for operation in operations.values { operation.cancel() }
        timer?.cancel()
        return sockets.close()
    }
}
