import Synchronization

/// Why a connection was refused or closed by the server.
enum ConnectionFault: String, Sendable, CaseIterable {
    case tooManyConnections = "too_many_connections"
    case headerTooLarge = "header_too_large"
    case bodyTooLarge = "body_too_large"
    case malformedRequest = "malformed_request"
    case requestTimeout = "request_timeout"
    case idleTimeout = "idle_timeout"
    case responseTimeout = "response_timeout"
    case shutdown
}

/// The server's counters at one moment.
struct HTTPMetricsSnapshot: Sendable, Equatable {
    struct RequestKey: Sendable, Hashable {
        /// A route's path, or `other`, so that no client can make up series.
        let route: String
        let code: Int
    }

    /// Answered requests; every route has its good case from the start.
    var requests: [RequestKey: Int] = Dictionary(
        uniqueKeysWithValues: Route.allCases.map { (RequestKey(route: $0.label, code: $0.usualCode), 0) }
    )
    var requestsInFlight = 0
    var connectionsAccepted = 0
    var connectionsOpen = 0
    /// Connections that the server ended, by reason; every reason is present.
    var faults: [ConnectionFault: Int] = Dictionary(uniqueKeysWithValues: ConnectionFault.allCases.map { ($0, 0) })
    /// Bytes of bodies sent, after compression.
    var responseBytes = 0
}

/// Counts what the server does, from any thread.
final class HTTPMetrics: Sendable {
    private let state = Mutex(HTTPMetricsSnapshot())

    func snapshot() -> HTTPMetricsSnapshot { state.withLock { $0 } }

    func requestStarted() { state.withLock { $0.requestsInFlight += 1 } }

    func requestEnded() { state.withLock { $0.requestsInFlight -= 1 } }

    func answered(_ route: String, code: Int, bytes: Int) {
        state.withLock {
            $0.requests[.init(route: route, code: code), default: 0] += 1
            $0.responseBytes += bytes
        }
    }

    func opened() {
        state.withLock {
            $0.connectionsAccepted += 1
            $0.connectionsOpen += 1
        }
    }

    func closed() { state.withLock { $0.connectionsOpen -= 1 } }

    func count(_ fault: ConnectionFault) { state.withLock { $0.faults[fault, default: 0] += 1 } }
}
