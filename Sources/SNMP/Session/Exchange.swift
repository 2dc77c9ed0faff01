/// A query that has been sent and waits for its answer.
struct Exchange {
    /// As it is asked now, which may be for less than at first.
    var query: SNMPQuery
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
    /// When it is sent again since the agent usually answers sooner.
    var resendAt: Duration?
    /// How often that was done.
    var resends = 0
    /// Until when it counts for the limit of what may be answered at once.
    var youngUntil: Duration?
    /// How often a report of the agent made it necessary to ask again.
    var reports = 0
    /// Whether a message came that would be an answer but for its digest.
    var hasWrongDigest = false
    /// When it was sent, unless it was sent more than once.
    var sentOnceAt: Duration?
    var datagrams = 0
    /// Addresses that this try has not been sent to.
    var untried: ArraySlice<AgentAddress> = []
    /// Addresses that an answer may come from.
    var asked: [AgentAddress] = []
    /// Why addresses cannot be asked.
    var refusals: [(address: AgentAddress, reason: String)] = []

    init(_ query: SNMPQuery, requestID: Int32) {
        self.query = query
        self.requestID = requestID
    }

    /// When something is to be done without an answer.
    var deadline: Duration {
        var first = attemptEnds
        for time in [raceContinues, resendAt, youngUntil] {
            if let time, time < first { first = time }
        }
        return first
    }

    /// Time for an address to answer before the next one is asked, too (RFC 8305 §5).
    static let raceDelay = Duration.milliseconds(250)
    /// An engine's id, its time, and once more where it was started again in between.
    static let reportLimit = 4
    /// How often a request is sent again early, beside its retries.
    static let resendLimit = 2
    /// From this try on, each asks a walk's agent for half as much: long answers are what networks lose first.
    static let smallerFrom = 2

    /// How the time of all tries is shared among them: what is lost is asked for soon, and a slow agent is not flooded.
    static func share(of attempt: Int, retries: Int) -> Double {
        func weight(_ attempt: Int) -> Double { attempt >= 2 ? 4 : attempt == 1 ? 2 : 1 }
        return weight(attempt) / (0...max(retries, 0)).reduce(0.0) { $0 + weight($1) }
    }

    var attemptLength: Duration {
        let options = query.options
        return .seconds(options.totalTime * Self.share(of: attempt, retries: options.retries))
    }

    /// Why there is no answer in the end.
    var silence: SNMPError {
        let (timeout, retries) = (query.options.timeout, query.options.retries)
        guard case .v3(let user) = query.credentials else { return .noResponse(timeout: timeout, retries: retries) }
        if hasWrongDigest { return .noAuthenticResponse(timeout: timeout, retries: retries, .digest) }
        let hasMore = user.level.isPrivate || !user.contextName.isEmpty || !user.contextEngineID.isEmpty
        guard reports > 0, hasMore else { return .noResponse(timeout: timeout, retries: retries) }
        return .noAuthenticResponse(timeout: timeout, retries: retries, .silence)
    }

    /// Asks for half as many objects.
    mutating func askForLess() {
        if case .getBulk(let name, let repetitions) = query.kind, repetitions > 1 {
            query.kind = .getBulk(name, repetitions: repetitions / 2)
        }
    }
}
