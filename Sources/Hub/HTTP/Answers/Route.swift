import HTTPTypes

/// The server's pages.
enum Route: CaseIterable, Sendable {
    case page
    case metrics
    case probe
    case federate
    case discovery
    case snmp
    case push
    case pushedMetrics
    case wipe
    case status
    case healthy
    case ready
    case reload
    case icon

    init?(path: String) {
        if let route = Self.allCases.first(where: { $0.label == path }) {
            self = route
        } else if GroupingKey.isPath(path) {
            self = .push
        } else {
            return nil
        }
    }

    /// The path, which is also the value of the label `route`.
    var label: String {
        switch self {
        case .page: "/"
        case .metrics: "/metrics"
        case .probe: ProbePage.path
        case .federate: "/federate"
        case .discovery: "/sd"
        case .snmp: "/snmp"
        case .push: GroupingKey.path
        case .pushedMetrics: "/api/v1/metrics"
        case .wipe: "/api/v1/admin/wipe"
        case .status: "/api/v1/status"
        case .healthy: "/-/healthy"
        case .ready: "/-/ready"
        case .reload: "/-/reload"
        case .icon: "/favicon.ico"
        }
    }

    /// The status of an answer without complaint.
    var usualCode: Int {
        switch self {
        case .icon: 204
        case .wipe: 202
        default: 200
        }
    }

    var methods: [HTTPRequest.Method] {
        switch self {
        case .reload: [.post, .put]
        case .federate: [.get, .head, .post]
        case .push: [.put, .post, .delete]
        case .wipe: [.put]
        default: [.get, .head]
        }
    }

    /// Whether a body means something.
    var takesBody: Bool { self == .federate || self == .push }

    /// The value of `Allow`.
    var allow: String { methods.map(\.rawValue).joined(separator: ", ") }
}
