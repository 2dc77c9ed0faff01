import LuaSandbox

/// Memory of one kind that somebody holds; it is given back with its owner.
final class MemoryHold {
    /// What a connection with its handlers takes, or a program with its pipes, about.
    static let connectionSize = 8 << 10

    private let memory: HostMemory
    private let kind: HostMemory.Kind
    private weak var instance: PluginInstance?
    private(set) var size = 0

    init(_ kind: HostMemory.Kind, of instance: PluginInstance) {
        memory = instance.memory
        self.kind = kind
        self.instance = instance
    }

    deinit { memory.add(-size, kind) }

    /// Holds so many bytes from now on; a run for which that is too much is ended.
    func set(_ size: Int, for run: CollectRun? = nil) {
        let grows = size > self.size
        memory.add(size - self.size, kind)
        self.size = size
        instance?.hostMemoryChanged(grows: grows, for: run)
    }

    func add(_ more: Int, for run: CollectRun? = nil) { set(size + more, for: run) }
}

extension PluginInstance {
    /// Lets the state's limit count what the host holds.
    ///
    /// Below a call from Lua the sandbox ends the run by itself; outside of Lua nobody would before the run goes on.
    func hostMemoryChanged(grows: Bool, for run: CollectRun?) {
        sandbox.hostMemory = memory.use.host
        guard grows, current == nil, let run, !run.hasEnded, run.budget.trip == nil, sandbox.isOverMemoryLimit() else {
            return
        }
        run.budget.trip = .memory
        run.breakLimit(memoryFailure())
        cancelSoon(run.key)
    }

    /// Says what takes the memory.
    private func memoryFailure() -> RunFailure {
        let use = memory.use
        let kinds = HostMemory.Kind.allCases.filter { use[$0] > 0 }.map { "\(use[$0]) of \($0.rawValue)" }
        let parts = ["\(sandbox.memoryUsed) bytes of Lua"] + kinds
        return RunFailure(
            reason: .memory,
            message: "memory limit exceeded: \(parts.joined(separator: ", ")), \(limits.memory) in all"
        )
    }
}
