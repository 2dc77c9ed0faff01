/// What the proxy counts, under the names of PushProx where it has one.
package struct ProxyMetrics: Sendable, Equatable {
    /// The paths of the API, which are the values of the label `path`.
    package enum Path: String, Sendable, CaseIterable {
        case clients = "/clients"
        case healthy = "/-/healthy"
        case metrics = "/metrics"
        case poll = "/poll"
        case push = "/push"
        case ready = "/-/ready"
        case other
    }

    package struct Request: Sendable, Hashable {
        package let path: Path
        package let code: Int
    }

    /// Why a poll ended without a scrape.
    package enum PollEnd: String, Sendable, CaseIterable {
        /// The client closed the connection, or its end was noticed.
        case closed
        /// More polls of one name than are kept.
        case superseded
        case timeout
    }

    /// Why something was refused.
    package enum Refusal: String, Sendable, CaseIterable {
        case bodyTooLarge = "body_too_large"
        case forbidden
        case malformed
        case tooManyClients = "too_many_clients"
        case tooManyConnections = "too_many_connections"
        case tooManyScrapes = "too_many_scrapes"
        case unauthorized
    }

    /// How a scrape ended.
    package enum ScrapeEnd: String, Sendable, CaseIterable {
        case answered
        /// The answer broke off after it had begun.
        case broken
        /// The scraper went away.
        case cancelled
        case failed
        case timeout
    }

    /// Upper bounds of the histogram, those of Go's client library.
    package static let buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    package struct Histogram: Sendable, Equatable {
        /// One for each bound and one above them all; not cumulative.
        package var counts = [Int](repeating: 0, count: buckets.count + 1)
        package var sum = 0.0

        mutating func observe(_ value: Double) {
            counts[buckets.firstIndex { value <= $0 } ?? buckets.count] += 1
            sum += value
        }
    }

    package var requests: [Request: Int] = [
        .init(path: .clients, code: 200): 0, .init(path: .metrics, code: 200): 0, .init(path: .poll, code: 200): 0,
        .init(path: .poll, code: 408): 0, .init(path: .push, code: 200): 0, .init(path: .push, code: 500): 0,
    ]
    package var durations: [Path: Histogram] = [:]
    package var proxied: [Int: Int] = [:]
    package var pollEnds: [PollEnd: Int] = [:]
    package var refusals: [Refusal: Int] = [:]
    package var scrapeEnds: [ScrapeEnd: Int] = [:]
    /// Scrapes handed out again because a connection broke.
    package var redeliveries = 0
    /// Pushes that nobody waited for.
    package var latePushes = 0
    package var bodyBytes = 0
    package var connections = 0
    package var http2Connections = 0
    package var counts = Broker.Counts()

    package init() {}

    mutating func answered(_ path: Path, code: Int, seconds: Double) {
        requests[Request(path: path, code: code), default: 0] += 1
        durations[path, default: Histogram()].observe(seconds)
    }
}
