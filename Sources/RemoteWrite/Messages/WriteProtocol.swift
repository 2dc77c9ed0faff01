/// The two messages of remote write.
package enum WriteProtocol: Sendable, Hashable, CaseIterable {
    /// `prometheus.WriteRequest`.
    case v1
    /// `io.prometheus.write.v2.Request`.
    case v2

    package var contentType: String {
        switch self {
        case .v1: "application/x-protobuf"
        case .v2: "application/x-protobuf;proto=io.prometheus.write.v2.Request"
        }
    }

    /// The value of `X-Prometheus-Remote-Write-Version`.
    package var version: String {
        switch self {
        case .v1: "0.1.0"
        case .v2: "2.0.0"
        }
    }

    /// As hub.yml and metrics write it.
    package var name: String {
        switch self {
        case .v1: "1.0"
        case .v2: "2.0"
        }
    }

    /// Headers that only the protocol sets, in lower case.
    package static let reservedHeaders: Set<String> = [
        "content-encoding", "content-type", "x-prometheus-remote-write-version", "user-agent", "content-length",
        "transfer-encoding", "connection", "host", "retry-attempt",
    ]
}
