/// What a dispatcher has done since it was made.
package struct SNMPCounters: Hashable, Sendable {
    /// Datagrams, those sent again among them.
    package var sent = 0
    package var sentAgain = 0
    package var answers = 0
    /// Queries that were given up.
    package var timeouts = 0
    /// Datagrams that are no SNMP, or not such as an agent sends.
    package var malformed = 0
    /// Those that answer nothing that is waited for: late ones, duplicates, and forgeries.
    package var unexpected = 0
    /// Those that come from another address than was asked.
    package var strangers = 0
    /// Those whose digest, engine, age or level of security is not right.
    package var unauthentic = 0

    package init() {}
}

/// How much a dispatcher remembers.
package struct SNMPMemory: Hashable, Sendable {
    /// Agents of which the address, the engine or the time to answer is known.
    package var agents = 0
    /// Users at engines whose keys are kept.
    package var keys = 0

    /// How many may be remembered; beyond it, those that were used last are kept.
    package static let limit = SNMPMemory(agents: 10_000, keys: 10_000)

    package init() {}

    init(agents: Int, keys: Int) { (self.agents, self.keys) = (agents, keys) }
}
