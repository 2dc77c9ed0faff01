import HTTPTypes

/// The server's pages.
enum Route: CaseIterable, Sendable {
    case page
    case metrics
    case probe
    case federate
    case status
    case healthy
    case ready
    case reload
    case icon

    init?(path: String) {
        guard let route = Self.allCases.first(where: { $0.label == path }) else { return nil }
        self = route
    }

    /// The path, which is also the value of the label `route`.
    var label: String {
        switch self {
        case .page: "/"
        case .metrics: "/metrics"
        case .probe: "/probe"
        case .federate: "/federate"
        case .status: "/api/v1/status"
        case .healthy: "/-/healthy"
        case .ready: "/-/ready"
        case .reload: "/-/reload"
        case .icon: "/favicon.ico"
        }
    }

    /// The status of an answer without complaint.
    var usualCode: Int { self == .icon ? 204 : 200 }

    var methods: [HTTPRequest.Method] {
        switch self {
        case .reload: [.post, .put]
        case .federate: [.get, .head, .post]
        default: [.get, .head]
        }
    }

    /// Whether a body means something.
    var takesBody: Bool { self == .federate }

    /// The value of `Allow`.
    var allow: String { methods.map(\.rawValue).joined(separator: ", ") }
}
