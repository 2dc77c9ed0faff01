import Exposition
import HTTPTypes

/// `/probe`: one target of one plugin, in the way of blackbox_exporter and snmp_exporter.
struct ProbePage {
    static let path = "/probe"
    private static let usage = "\(path)?plugin=NAME&target=ADDRESS"

    let service: any HubService

    func reply(_ target: RequestTarget, _ fields: HTTPFields) async -> Reply {
        var request: ProbeRequest
        do {
            request = try Self.parse(target)
        } catch {
            return .badRequest(error)
        }
        request.timeout = MetricsPage.timeout(in: fields)
        switch await service.probe(request) {
        case .refused(let status, let reason): return .text(.init(code: status), reason)
        case .report(let text): return .text(.ok, text)
        case .answered(_, let failure?) where request.isStrict: return .text(.serviceUnavailable, failure)
        case .answered(let merged, _):
            return .exposition(merged, fields)
        }
    }

    /// Reads `plugin`, `target`, `strict` and `debug`.
    ///
    /// Parameters of other names are left to whoever put them there.
    static func parse(_ target: RequestTarget) throws(BadRequest) -> ProbeRequest {
        var request = ProbeRequest(plugin: try one("plugin", of: target), target: try one("target", of: target))
        for (name, value) in target.query {
            switch name {
            case "strict": request.isStrict = try target.flag(name, value)
            case "debug": request.isDebug = try target.flag(name, value)
            default: break
            }
        }
        return request
    }

    private static func one(_ name: String, of target: RequestTarget) throws(BadRequest) -> String {
        let values = target.query.filter { $0.name == name }.map(\.value)
        guard let value = values.first, !value.isEmpty else {
            throw BadRequest(reason: "\(name) is missing: \(usage)")
        }
        guard values.count == 1 else { throw BadRequest(reason: "\(name) must be given once: \(usage)") }
        return value
    }
}
