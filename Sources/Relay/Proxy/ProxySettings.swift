package import NIOCore

/// How long the proxy waits for what, and what it keeps at most.
package struct ProxySettings: Sendable, Equatable {
    /// For a scrape that does not say how long it waits.
    package var scrapeTimeout = TimeAmount.seconds(15)
    package var maxScrapeTimeout = TimeAmount.minutes(5)
    /// After how long a client that does not poll is forgotten.
    package var registrationTimeout = TimeAmount.minutes(5)
    /// For polls that come through a front end, which would cut them; below the 60 s that nginx waits.
    package var pollTimeout = TimeAmount.seconds(50)
    /// After how long without a sign of life from the other end's kernel a connection is dead.
    package var deadAfter = TimeAmount.seconds(10)
    /// From a request's head to its end, for all but pushes.
    package var requestTimeout = TimeAmount.seconds(10)
    /// Between two requests of a connection; longer than the usual scrape intervals.
    package var idleTimeout = TimeAmount.seconds(150)
    /// For the rest of a push that nobody waits for.
    package var discardTimeout = TimeAmount.seconds(5)
    /// Open connections; further ones are closed at once.
    package var connections = 20_000
    /// Bytes of a request's header fields.
    package var headerBytes = 32 << 10
    /// Bytes of the body of a scrape request.
    package var requestBodyBytes = 64 << 10
    /// Bytes of a poll: a name.
    package var pollBytes = 1 << 10
    /// Bytes of the head of a pushed response.
    package var responseHeadBytes = MessageReader.defaultHeadLimit
    /// Bytes that are still read of a push that nobody waits for.
    package var discardBytes = 1 << 20
    package var broker = Broker.Limits()

    package init() {}

    /// How long a scrape may take, from what its header says.
    ///
    /// A little less than the asker waits, so that it hears why there is no answer.
    func limit(asked header: String?) -> TimeAmount {
        var limit = scrapeTimeout
        if let seconds = header.flatMap({ Double($0) }), seconds > 0 {
            limit = seconds < 86_400 ? .nanoseconds(Int64(seconds * 1e9)) : maxScrapeTimeout
        }
        limit = min(limit, maxScrapeTimeout)
        return limit - min(.milliseconds(300), .nanoseconds(limit.nanoseconds / 10))
    }
}
