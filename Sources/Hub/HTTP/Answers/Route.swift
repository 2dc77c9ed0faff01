import HTTPTypes

/// The server's pages.
enum Route: CaseIterable, Sendable {
    case page
    case metrics
    case probe
    case snmp
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
        case .snmp: "/snmp"
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
        self == .reload ? [.post, .put] : [.get, .head]
    }

    /// The value of `Allow`.
    var allow: String { methods.map(\.rawValue).joined(separator: ", ") }
}
