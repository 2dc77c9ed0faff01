import SNMP

/// An agent with what it is asked by.
struct SNMPAgent: Hashable {
    /// The port that agents listen on (RFC 3417 §3.2).
    static let port = 161

    var endpoint: Endpoint
    var credentials: SNMPCredentials
    var options = SNMPOptions()
}

/// A get or a walk that goes on.
final class SNMPOperation {
    let agent: SNMPAgent
    let run: CollectRun
    /// Found when the operation begins.
    var addresses: [AgentAddress] = []
    /// The query that waits for an answer.
    var token: SNMPDispatcher.Token?
    private(set) var isOver = false
    /// Datagrams of all queries that are over.
    private(set) var packetsSent = 0
    /// Those of them that were sent again.
    private(set) var packetsRetried = 0
    private weak var client: SNMPClient?
    /// Takes the answer to the query, or why there is none.
    var receive: ((Result<SNMPAnswer, SNMPFailure>) -> Void)?

    init(_ agent: SNMPAgent, _ run: CollectRun, _ client: SNMPClient) {
        self.agent = agent
        self.run = run
        self.client = client
    }

    /// Ends it; nothing is told any more.
    ///
    /// May be called again, and when it is over.
    func cancel() {
        guard !isOver else { return }
        finish()
        client?.withdraw(self)
    }

    /// Counts the datagrams of a query that is over.
    func count(sent: Int) {
        packetsSent += sent
        packetsRetried += max(0, sent - 1)
    }

    /// To be called before the end is told.
    func finish() {
        isOver = true
        receive = nil
    }
}
