import NIOCore

/// What is known of one plugin at one moment, for metrics and pages.
///
/// Times of day are Unix seconds.
struct PluginReport: Sendable {
    struct Target: Sendable {
        let name: String
        let address: String?
        let lastRun: Double?
        let duration: Double
        let samples: Int
        let failure: RunFailure?
        let failures: [FailureReason: Int]
        let failuresInARow: Int
        let lastSuccess: Double?
        let backoffSeconds: Double?
        let isRunning: Bool
    }

    /// What `/probe` asked of the plugin.
    struct Probes: Sendable {
        var isPossible = false
        /// Targets that are not configured and remembered.
        var targets = 0
        var targetLimit = 0
        /// Probes that have not been answered.
        var inProgress = 0
        var results: [ProbeResult: Int] = [:]
    }

    var name: String
    var path: String
    var help = ""
    var isEnabled = true
    /// Nil while no version is loaded.
    var loadedAt: Double?
    var loadError: String?
    /// Without targets in the configuration the plugin has nothing to do.
    var isIdle = false
    var interval: Duration?
    /// Of the version in use: its Lua state, and what the host holds for it.
    var memory = HostMemory.Use()
    /// Bytes of the results that are served until the next run.
    var resultSize = 0
    /// Bytes of all that.
    var memorySize: Int { memory.state + memory.host + resultSize }
    var memoryLimit = 0
    var connectionLimit = 0
    var idleConnectionLimit = 0
    var snmpSizeLimit = 0
    var cpuSeconds = 0.0
    var failures: [FailureReason: Int] = [:]
    var reloads = 0
    var failedReloads = 0
    var rebuilds = 0
    var postponed = 0
    var runsInProgress = 0
    /// Runs that wait for their turn.
    var runsWaiting = 0
    var probes = Probes()
    var targets: [Target] = []

    /// Whether every target's last run was good.
    var isSuccess: Bool {
        loadedAt != nil && targets.allSatisfy { $0.lastRun != nil && $0.failure == nil }
    }
}
