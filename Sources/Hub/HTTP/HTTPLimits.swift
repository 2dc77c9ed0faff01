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
    /// Bytes of all bodies that are received and worked on at a time; further ones are answered 503.
    var allBodyBytes = 64 << 20
    /// From a request's first byte, or from the connection's start, to its last byte.
    var requestTimeout = TimeAmount.seconds(10)
    /// Between requests; longer than the usual scrape intervals, so that Prometheus keeps its connection.
    var idleTimeout = TimeAmount.seconds(150)
    /// For the client to take a whole response.
    var responseTimeout = TimeAmount.seconds(60)
    /// For requests in flight after shutdown has begun; systemd and container runtimes wait longer.
    var shutdownGrace = TimeAmount.milliseconds(900)
}
