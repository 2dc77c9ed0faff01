/// A query that has been sent and waits for its answer.
struct Exchange {
    let query: SNMPQuery
    /// The same in every try.
    let requestID: Int32
    /// Every number that an answer may bear.
    var ids: [Int32] = []
    /// From 0.
    var attempt = 0
    /// When the next try is due, or the end.
    var attemptEnds: Duration = .zero
    /// When the next address is tried beside those that have not answered.
    var raceContinues: Duration?
    /// Addresses that this try has not been sent to.
    var untried: ArraySlice<AgentAddress> = []
    /// Addresses that an answer may come from.
    var asked: [AgentAddress] = []
    /// Why addresses cannot be asked.
    var refusals: [(address: AgentAddress, reason: String)] = []

    /// When something is to be done without an answer.
    var deadline: Duration { min(attemptEnds, raceContinues ?? attemptEnds) }

    /// Time for an address to answer before the next one is asked, too (RFC 8305 §5).
    static let raceDelay = Duration.milliseconds(250)

    /// How the time of all tries is shared among them: what is lost is asked for soon, and a slow agent is not flooded.
    static func share(of attempt: Int, retries: Int) -> Double {
        func weight(_ attempt: Int) -> Double { attempt >= 2 ? 4 : attempt == 1 ? 2 : 1 }
        let sum = (0...retries).reduce(0.0) { $0 + weight($1) }
        return weight(attempt) / sum
    }

    var attemptLength: Duration {
        let retries = query.options.retries
        let total = query.options.timeout * Double(retries + 1)
        return .seconds(total * Self.share(of: attempt, retries: retries))
    }
}
