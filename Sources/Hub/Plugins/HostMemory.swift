import SNMP
import Synchronization

/// What the host holds for one plugin, by kind, beside the size of its Lua state.
///
/// Whoever holds something says so when it comes and goes; nothing is ever counted anew. Written where the plugin's
/// work is done, read on any thread.
final class HostMemory: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        /// Of HTTP: what is to be sent, and what has come of responses.
        case bodies
        /// Bytes and datagrams that came from connections or are on their way to them, input and output of programs.
        case buffers
        /// Open connections and programs, at what one takes, about.
        case connections
        /// Samples of runs under way.
        case samples
    }

    /// What there is at one moment; sizes in bytes.
    struct Use: Sendable {
        /// Of the Lua state.
        var state = 0
        fileprivate var sizes = [Int](repeating: 0, count: Kind.allCases.count)
        /// Connections of the plugin, those of HTTP that wait for a request among them.
        var connections = 0
        var idleConnections = 0
        /// Of agents that are asked by SNMP.
        var agents = AgentUse()

        subscript(kind: Kind) -> Int { sizes[kind.index] }
        /// Of all kinds.
        var host: Int { sizes.reduce(0, +) }
    }

    /// What asking agents by SNMP takes, and has come to since the plugin was loaded.
    struct AgentUse: Sendable {
        /// Requests that wait for an answer or for their turn.
        var requests = 0
        /// What is remembered of agents and users.
        var memory = SNMPMemory()
        /// Bytes of answers that scripts have not taken yet.
        var answersSize = 0
        var counters = SNMPCounters()
        /// Gets and walks that limits ended.
        var exceeded: [SNMPLimit: Int] = [:]
    }

    private let current = Mutex(Use())

    var use: Use { current.withLock { $0 } }

    func setState(_ size: Int) { current.withLock { $0.state = size } }

    func setConnections(_ open: Int) { current.withLock { $0.connections = open } }

    func setIdleConnections(_ idle: Int) { current.withLock { $0.idleConnections = idle } }

    func setAgents(requests: Int, _ memory: SNMPMemory, _ counters: SNMPCounters) {
        current.withLock {
            $0.agents.requests = requests
            $0.agents.memory = memory
            $0.agents.counters = counters
        }
    }

    func setAnswers(_ size: Int) { current.withLock { $0.agents.answersSize = size } }

    func countExceeded(_ limit: SNMPLimit) { current.withLock { $0.agents.exceeded[limit, default: 0] += 1 } }

    func add(_ size: Int, _ kind: Kind) { current.withLock { $0.sizes[kind.index] += size } }
}

extension HostMemory.Kind {
    fileprivate var index: Int {
        switch self {
        case .bodies: 0
        case .buffers: 1
        case .connections: 2
        case .samples: 3
        }
    }
}
