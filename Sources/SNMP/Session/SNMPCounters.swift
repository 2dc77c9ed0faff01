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
