import Exposition
import HTTPTypes

/// `/snmp`: modules of one agent, with the parameters, status codes and texts of snmp_exporter.
struct SNMPPage {
    let service: any HubService

    func reply(_ target: RequestTarget, _ fields: HTTPFields) async -> Reply {
        var request: SNMPRequest
        do {
            request = try Self.parse(target)
        } catch {
            return .badRequest(error)
        }
        request.timeout = MetricsPage.timeout(in: fields)
        switch await service.snmp(request) {
        case .refused(let status, let reason): return .text(.init(code: status), reason)
        case .failed(let reason):
            // As promhttp says it.
            return .text(.internalServerError, "An error has occurred while serving metrics:\n\n\(reason)")
        case .answered(let merged):
            return .exposition(merged, fields)
        }
    }

    /// Reads snmp_exporter's parameters and `strict`; others are left to whoever put them there.
    static func parse(_ target: RequestTarget) throws(BadRequest) -> SNMPRequest {
        let targets = target.query.filter { $0.name == "target" }.map(\.value)
        guard targets.count == 1, !targets[0].isEmpty else {
            throw BadRequest(reason: "'target' parameter must be specified once")
        }
        var request = SNMPRequest(target: try address(targets[0]))
        request.auth = try single("auth", of: target)
        request.context = try single("snmp_context", of: target)
        request.engineID = try single("snmp_engineid", of: target)
        if let text = request.engineID, SNMPModuleAPI.engineID(text) == nil {
            let rule = SNMPModuleAPI.engineIDRule
            throw BadRequest(reason: "'snmp_engineid' parameter \(rule), got \(ConfigurationText.quote(text))")
        }
        request.modules = try modules(of: target)
        for (name, value) in target.query where name == "strict" { request.isStrict = try target.flag(name, value) }
        return request
    }

    /// The target without the transport that may stand before it.
    private static func address(_ text: String) throws(BadRequest) -> String {
        guard let mark = text.firstRange(of: "://") else { return text }
        guard ["udp", "udp4", "udp6"].contains(text[..<mark.lowerBound]) else {
            throw BadRequest(reason: "only udp is supported, got \"\(text[..<mark.lowerBound].prefix(20))://\"")
        }
        return String(text[mark.upperBound...])
    }

    /// Nil where it is absent or empty.
    private static func single(_ name: String, of target: RequestTarget) throws(BadRequest) -> String? {
        let values = target.query.filter { $0.name == name }.map(\.value)
        guard values.count <= 1 else { throw BadRequest(reason: "'\(name)' parameter must only be specified once") }
        return values.first.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// All names, each once; nil where the parameter is absent.
    private static func modules(of target: RequestTarget) throws(BadRequest) -> [String]? {
        let values = target.query.filter { $0.name == "module" }.map(\.value)
        guard !values.isEmpty else { return nil }
        var names: [String] = []
        for name in values.flatMap({ $0.split(separator: ",") }).map(String.init) where !names.contains(name) {
            names.append(name)
        }
        guard !names.isEmpty else {
            throw BadRequest(reason: "'module' parameter must contain at least one module name")
        }
        return names
    }
}
