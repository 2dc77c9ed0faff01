import NIOCore

/// One target of one plugin that a probe asks for.
struct ProbeOrder: Sendable {
    let plugin: String
    /// Name or address, as the client wrote it.
    let target: String
    /// Makes it a run of its own that notes what it does.
    var transcript: RunTranscript?
    /// What goes over the settings of the plugin or the target, which makes it a target of its own.
    var settings: [String: SettingValue] = [:]
}

/// How a probe went, as `hub_probes_total` counts it.
enum ProbeResult: String, Sendable, CaseIterable {
    case success
    case failure
    case refused
}

/// What came of a probe.
struct ProbeAnswer: Sendable {
    let answer: TargetAnswer
    /// Whether the samples bear the label that names the target.
    let hasTargetLabel: Bool
    /// What the run may connect to; nil for what the plugin is granted.
    let grants: [String]?
    /// What the run was limited to.
    let limits: PluginLimits
    /// What must not be shown.
    let secrets: SecretRegistry
}

/// Why a probe was not made.
enum ProbeRefusal: Error, Sendable, Equatable {
    case unknownPlugin(String)
    case disabledPlugin(String)
    case noTargets(plugin: String)
    /// Several configured targets have the address.
    case ambiguous(plugin: String, address: String)
    /// Neither configured nor allowed.
    case notAllowed(plugin: String, target: String, ProbeTargetError)
    case tooMany(plugin: String, String)

    /// The status of the HTTP answer.
    var status: Int {
        switch self {
        case .unknownPlugin, .disabledPlugin, .noTargets, .ambiguous: 400
        case .notAllowed: 403
        case .tooMany: 503
        }
    }
}

extension ProbeRefusal: CustomStringConvertible {
    var description: String {
        switch self {
        case .unknownPlugin(let name): "no plugin \(ConfigurationText.quote(name))"
        case .disabledPlugin(let name): "plugin \(name) is not enabled in hub.yml"
        case .noTargets(let plugin):
            "plugin \(plugin) has no targets: list some in plugins.\(plugin).targets of hub.yml, or see /metrics?plugin=\(plugin)"
        case .ambiguous(let plugin, let address):
            "several targets of plugin \(plugin) have the address \(ConfigurationText.quote(address)): ask by name"
        case .notAllowed(let plugin, let target, let problem):
            "target \(ConfigurationText.quote(target)) of plugin \(plugin) is neither configured nor allowed: \(problem); "
                + "hub.yml lists targets in plugins.\(plugin).targets, and what else may be probed in plugins.\(plugin).probe"
        case .tooMany(let plugin, let problem): "plugin \(plugin): \(problem)"
        }
    }
}
