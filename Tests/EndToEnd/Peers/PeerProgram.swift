import Foundation

/// A program of another project: what an environment variable names, or else Debian's on the PATH.
enum PeerProgram: String {
    case prometheus = "PROMETHEUS"
    case pushgateway = "PUSHGATEWAY"
    case victoriaMetrics = "VICTORIA_METRICS"

    var path: String {
        ProcessInfo.processInfo.environment[rawValue].flatMap { $0.isEmpty ? nil : $0 } ?? debian
    }

    private var debian: String {
        switch self {
        case .prometheus: "prometheus"
        case .pushgateway: "prometheus-pushgateway"
        case .victoriaMetrics: "victoria-metrics"
        }
    }
}
