/// How an agent is asked.
package struct SNMPOptions: Hashable, Sendable {
    /// Objects that one GetBulk of a walk asks for; less where the agent says that its answer would be too big.
    package var maxRepetitions = 25
    /// How often a request without an answer is sent again.
    package var retries = 3
    /// Seconds for each try.
    package var timeout = 5.0
    /// Whether a walk goes on when an agent's objects are not in their order, as long as it does not go round in circles.
    package var allowsNonIncreasing = false
    /// Objects that one Get asks for.
    package var maximumOIDs = 60
    /// Objects that one walk may bring.
    package var maximumBindings = 1_000_000

    package init() {}
}
