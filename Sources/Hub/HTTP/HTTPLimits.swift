import NIOCore

/// What one client, or all together, may cost the server.
struct HTTPLimits: Sendable {
    /// Open connections; further ones are answered 503 and closed.
    var connections = 512
    /// Bytes of all header fields of a request, and of one of them.
    var headerBytes = 16 * 1024
    /// Header fields of a request.
    var headerFields = 100
    /// Bytes of a request's body.
    var bodyBytes = 64 * 1024
    /// Bytes of a push's body.
    var pushBytes = 64 * 1024
    /// Bytes of all bodies that are received and worked on at a time; further ones are answered 503.
    var allBodyBytes = 64 << 20
    /// From a request's first byte, or from the connection's start, to its last byte.
    var requestTimeout = TimeAmount.seconds(10)
    /// The same for a push.
    var pushTimeout = TimeAmount.seconds(10)
    /// Between requests; longer than the usual scrape intervals, so that Prometheus keeps its connection.
    var idleTimeout = TimeAmount.seconds(150)
    /// For the client to take a whole response.
    var responseTimeout = TimeAmount.seconds(60)
    /// For requests in flight after shutdown has begun; systemd and container runtimes wait longer.
    var shutdownGrace = TimeAmount.milliseconds(900)
}

/// What one request's body may take.
struct BodyAllowance: Equatable {
    let bytes: Int
    let time: TimeAmount
}

extension HTTPLimits {
    /// Room for pushes.
    mutating func apply(_ limits: PushLimits) {
        pushBytes = limits.body
        pushTimeout = TimeAmount(limits.timeout)
        allBodyBytes = max(allBodyBytes, 4 * limits.body)
    }

    /// For a request with this target.
    func allowance(for path: String?) -> BodyAllowance {
        path.map(GroupingKey.isPath) == true
            ? BodyAllowance(bytes: pushBytes, time: pushTimeout) : BodyAllowance(bytes: bodyBytes, time: requestTimeout)
    }
}
