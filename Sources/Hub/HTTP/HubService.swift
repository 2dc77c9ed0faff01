import Exposition
import NIOCore

/// What the HTTP server asks of the hub.
///
/// Its methods run on an event loop's thread when they do not leave it by themselves. `scrape` returns soon after its
/// task is cancelled: shutdown waits for it.
protocol HubService: Sendable {
    func scrape(_ request: ScrapeRequest) async -> ScrapeResponse
    /// Collects one target; returns soon after its task is cancelled, as `scrape` does.
    func probe(_ request: ProbeRequest) async -> ProbeResponse
    /// Chooses samples for another Prometheus; returns soon after its task is cancelled, as `scrape` does.
    func federate(_ request: FederateRequest) async -> FederateResponse
    /// Collects modules of an agent; returns soon after its task is cancelled, as `scrape` does.
    func snmp(_ request: SNMPRequest) async -> SNMPResponse
    func status() async -> HubStatus
    /// Pushed metrics; nil where pushes are not enabled.
    var pushes: PushStore? { get }
    func reload() async -> ReloadReport
    /// True once a scrape would be answered in full.
    var isReady: Bool { get async }
}

extension HubService {
    var pushes: PushStore? { nil }
}

/// One request for `/metrics`.
struct ScrapeRequest: Sendable, Equatable {
    /// The plugins asked for; all when empty.
    var plugins: [String] = []
    /// Partial data is to be refused.
    var isStrict = false
    /// `X-Prometheus-Scrape-Timeout-Seconds` as sent; nil when absent or unusable.
    var timeout: Duration?
    /// The scraper's address without its port.
    var remote = ""
}

/// What a scrape found.
struct ScrapeResponse: Sendable {
    var merged: MergedExposition
    /// Failures as `plugin: reason`.
    var failed: [String] = []
    /// Names in the request that no plugin has.
    var unknownPlugins: [String] = []
}

/// One request for `/probe`.
struct ProbeRequest: Sendable, Equatable {
    var plugin: String
    /// Name or address of a target.
    var target: String
    /// A failure is to be answered with an error status.
    var isStrict = false
    /// The answer is to show what the run did.
    var isDebug = false
    /// As in `ScrapeRequest`.
    var timeout: Duration?
}

/// What a probe came to.
enum ProbeResponse: Sendable {
    /// The text says why, and what can be done about it.
    case refused(status: Int, String)
    /// `failure` says why the last run of the target was not good; there may be samples all the same.
    case answered(MergedExposition, failure: String?)
    /// What the run did, for people.
    case report(String)
}

/// One request for `/federate`.
struct FederateRequest: Sendable {
    /// What any of them takes is answered.
    var selectors: [MetricSelector] = []
    var accepted = AcceptedFormats(accept: nil)
    /// As in `ScrapeRequest`.
    var timeout: Duration?
}

/// One request for `/snmp`; what it does not name is nil.
struct SNMPRequest: Sendable, Equatable {
    /// Name or address of a target.
    var target: String
    var modules: [String]?
    var auth: String?
    var context: String?
    /// In hexadecimal.
    var engineID: String?
    /// One module that fails is to be answered with an error status.
    var isStrict = false
    /// As in `ScrapeRequest`.
    var timeout: Duration?
}

/// What a federation came to.
enum FederateResponse: Sendable {
    /// The text says why.
    case refused(String)
    /// The samples in one of the formats that were asked for.
    case answered(ExpositionFormat, ByteBuffer)
}

/// What a request for `/snmp` came to.
enum SNMPResponse: Sendable {
    /// The text says why, and what can be done about it.
    case refused(status: Int, String)
    /// The agent, or one of its modules where that is asked to matter, could not be collected.
    case failed(String)
    case answered(MergedExposition)
}

/// What a reload complained about; empty when all went well.
struct ReloadReport: Sendable {
    var problems: [String] = []
}

/// The hub as `/` and `/api/v1/status` show it.
struct HubStatus: Sendable, Codable, Equatable {
    var version: String
    var uptimeSeconds: Double
    /// URLs, as in `http://[::]:10100`.
    var listen: [String]
    /// Nil when the defaults are in use.
    var configurationFile: String?
    var plugins: [PluginStatus]
    /// Nil where pushes are not enabled.
    var pushes: PushStatus?
    var remoteWrite: [EndpointStatus] = []
    var relays: [RelayStatus] = []
}

/// One plugin; times of day are Unix seconds.
struct PluginStatus: Sendable, Codable, Equatable {
    enum State: String, Sendable, Codable {
        case ok
        case failing
        case loadError = "load_error"
        case disabled
        /// Loaded, not collected yet.
        case waiting
    }

    var name: String
    var help: String
    var path: String
    var state: State
    var loadedAt: Double?
    var reloads: Int
    /// Why the newest version of the file is not the one in use.
    var loadError: String?
    var memoryBytes: Int
    var memoryLimitBytes: Int
    /// CPU time of the plugin's thread since it started.
    var cpuSeconds: Double
    /// Seconds between background collections; nil when collected on scrape.
    var interval: Double?
    var targets: [TargetStatus]
}

/// One target of a plugin; times of day are Unix seconds.
struct TargetStatus: Sendable, Codable, Equatable {
    var name: String
    var address: String?
    var lastRun: Double?
    var durationSeconds: Double?
    var samples: Int
    /// Why the last run failed.
    var error: String?
    /// Failed runs in a row.
    var failures: Int
    /// No run before this time, after repeated failure.
    var backoffUntil: Double?
    /// Age of the samples that are served.
    var ageSeconds: Double?
}
