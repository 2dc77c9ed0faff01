import Exposition
import NIOCore

extension ExporterHub {
    /// The plugin that `/snmp` asks.
    static let snmpPlugin = "snmp"

    /// Collects modules of one agent by the plugin `snmp`, within its limits and rights.
    func snmp(_ request: SNMPRequest) async -> SNMPResponse {
        let limit = ScrapeDeadline(configuration.scrape).limit(asked: request.timeout)
        var order = ProbeOrder(plugin: Self.snmpPlugin, target: request.target)
        order.settings = request.settings
        // A module that is late fails by itself, before all of them do.
        order.settings["timeout"] = .number(limit.inSeconds * 0.95)
        let answer: ProbeAnswer
        switch await manager.probe(order, deadline: .now() + limit) {
        case .failure(let refusal): return .refused(status: refusal.status, refusal.description)
        case .success(let success): answer = success
        }
        if let failure = answer.answer.failure {
            return failure.isRefusal ? .refused(status: 400, failure.message) : .failed(failure.message)
        }
        // Prometheus gives the samples an instance.
        let families = answer.answer.families.map { family in
            answer.hasTargetLabel ? family.removingLabel(PluginConfiguration.targetLabelName) : family
        }
        return .answered(merge([Contribution(source: Self.snmpPlugin, families: families)]))
    }
}

extension SNMPRequest {
    /// What goes over the plugin's settings: only what the request names.
    fileprivate var settings: [String: SettingValue] {
        var settings: [String: SettingValue] = [:]
        if let modules { settings["modules"] = .list(modules.map { .string($0) }) }
        if let auth { settings["auth"] = .string(auth) }
        if let context { settings["context"] = .string(context) }
        if let engineID { settings["engine_id"] = .string(engineID) }
        if isStrict { settings["strict"] = .boolean(true) }
        return settings
    }
}
