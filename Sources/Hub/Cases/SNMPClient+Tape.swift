import NIOCore
import SNMP

/// Gets and walks of a plugin whose run is recorded or played, at the border where their results are whole.
extension SNMPClient {
    /// A get that notes its answer in the recording.
    func recorded(
        _ names: [ObjectIdentifier],
        from agent: SNMPAgent,
        _ completion: @escaping (Result<[VariableBinding], SNMPFailure>) -> Void
    ) -> (Result<[VariableBinding], SNMPFailure>) -> Void {
        guard let tape = instance.tape, !tape.isReplay else { return completion }
        return { result in
            let bindings = (try? result.get()) ?? []
            tape.note(RecordedQuery.get(names), to: "\(agent.endpoint)", bindings, error: result.failure?.text)
            completion(result)
        }
    }

    /// A walk that notes in the recording what it brings.
    func recorded(
        _ root: ObjectIdentifier,
        of agent: SNMPAgent,
        _ receive: @escaping ([VariableBinding]) -> Bool,
        _ completion: @escaping (SNMPFailure?) -> Void
    ) -> (receive: ([VariableBinding]) -> Bool, completion: (SNMPFailure?) -> Void) {
        guard let tape = instance.tape, !tape.isReplay else { return (receive, completion) }
        var noted: [VariableBinding] = []
        return (
            { bindings in
                noted += bindings
                return receive(bindings)
            },
            { failure in
                tape.note(RecordedQuery.walk(root), to: "\(agent.endpoint)", noted, error: failure?.text)
                completion(failure)
            }
        )
    }

    /// Answers from the recorded case, after the call has returned; nil when this is no replay.
    func played(
        _ names: [ObjectIdentifier],
        from agent: SNMPAgent,
        for run: CollectRun,
        _ completion: @escaping (Result<[VariableBinding], SNMPFailure>) -> Void
    ) -> SNMPOperation? {
        play(RecordedQuery.get(names), agent, run) { recorded, failure in
            completion(failure.map(Result.failure) ?? .success(recorded))
        }
    }

    func played(
        _ root: ObjectIdentifier,
        of agent: SNMPAgent,
        for run: CollectRun,
        _ receive: @escaping ([VariableBinding]) -> Bool,
        _ completion: @escaping (SNMPFailure?) -> Void
    ) -> SNMPOperation? {
        play(RecordedQuery.walk(root), agent, run) { recorded, failure in
            let goesOn = recorded.isEmpty || receive(recorded)
            completion(goesOn ? failure : nil)
        }
    }

    private func play(
        _ query: String,
        _ agent: SNMPAgent,
        _ run: CollectRun,
        _ body: @escaping ([VariableBinding], SNMPFailure?) -> Void
    ) -> SNMPOperation? {
        guard let tape = instance.tape, tape.isReplay else { return nil }
        let operation = SNMPOperation(agent, run, self)
        let found = tape.answer(to: query, of: "\(agent.endpoint)")
        instance.eventLoop.assumeIsolated().execute {
            guard !operation.isOver, !run.hasEnded else { return }
            operation.finish()
            let missing = NetworkError.denied("snmp \(query) of \(agent.endpoint) is not in the recorded case")
            guard let found else { return body([], .network(missing)) }
            body(found.objects.map(\.binding), found.error.map { .network(.failed($0)) })
        }
        return operation
    }
}

extension Result where Success == [VariableBinding], Failure == SNMPFailure {
    fileprivate var failure: SNMPFailure? {
        if case .failure(let failure) = self { failure } else { nil }
    }
}
