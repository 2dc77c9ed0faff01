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
    /// Whether an answer counts that comes from another address than was asked, as those of hosts with several may.
    package var acceptsAnySource = false
    /// Whether the objects of one answer may be in any order, as long as all follow the one that was asked for.
    package var allowsDisorderInAnswers = false
    /// Objects that one Get asks for.
    package var maximumOIDs = 60
    /// Objects that one walk may bring.
    package var maximumBindings = 1_000_000

    package init() {}

    /// Seconds for all tries.
    package var totalTime: Double { timeout * Double(retries + 1) }

    /// What would be too long to wait for, or to remember.
    package static let limits = (retries: 0...100, timeout: 0.001...86_400.0)

    package func validate() throws(SNMPError) {
        guard Self.limits.retries.contains(retries) else {
            throw .invalidOption("retries must be between 0 and 100, got \(retries)")
        }
        guard Self.limits.timeout.contains(timeout) else {
            throw .invalidOption("timeout must be between 0.001 s and one day, got \(timeout)")
        }
    }
}
