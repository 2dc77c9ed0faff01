import NIOCore

/// Which runs are under way on which runtimes; a runtime that was replaced is shut down with its last run.
struct RuntimeLedger {
    private var active: [RunKey: PluginRuntime] = [:]
    /// Replaced runtimes with the runs that have not come back.
    private var retiring: [ObjectIdentifier: (runtime: PluginRuntime, runs: Set<RunKey>)] = [:]

    mutating func began(_ key: RunKey, on runtime: PluginRuntime) { active[key] = runtime }

    func runtime(of key: RunKey) -> PluginRuntime? { active[key] }

    /// Takes note of a run's end.
    ///
    /// Answers the runtime it ran on.
    mutating func ended(_ key: RunKey) -> PluginRuntime? {
        guard let runtime = active.removeValue(forKey: key) else { return nil }
        let identifier = ObjectIdentifier(runtime)
        retiring[identifier]?.runs.remove(key)
        if retiring[identifier]?.runs.isEmpty == true {
            retiring[identifier] = nil
            runtime.shutdown()
        }
        return runtime
    }

    /// No new run starts on this runtime.
    mutating func retire(_ runtime: PluginRuntime) {
        let runs = Set(active.filter { $0.value === runtime }.keys)
        if runs.isEmpty {
            runtime.shutdown()
        } else {
            retiring[ObjectIdentifier(runtime)] = (runtime, runs)
        }
    }

    func shutdown() -> [EventLoopFuture<Void>] { retiring.values.map { $0.runtime.shutdown() } }
}
