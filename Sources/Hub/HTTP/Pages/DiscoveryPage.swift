import FoundationEssentials
import HTTPTypes
import NIOCore

/// `/sd`: the plugins' targets for Prometheus's `http_sd_configs`, each as a scrape of its own through `/probe`.
struct DiscoveryPage {
    /// What Prometheus takes as one target group; labels with two underscores say how it is scraped.
    private struct Group: Encodable {
        let targets: [String]
        let labels: [String: String]
    }

    let status: HubStatus

    /// `authority` is what the client calls the hub, and therefore what Prometheus is told to scrape.
    func reply(_ target: RequestTarget, authority: String?) -> Reply {
        guard let authority, Self.isAddress(authority) else {
            return .text(.badRequest, "the request must name the hub in its Host field")
        }
        let asked: Set<String>
        do throws(BadRequest) {
            asked = Set(try MetricsPage.parse(target).plugins)
        } catch {
            return .badRequest(error)
        }
        let unknown = asked.subtracting(status.plugins.map(\.name)).sorted()
        guard unknown.isEmpty else {
            return .text(.notFound, "no plugin \(unknown.map { "\"\($0)\"" }.joined(separator: ", "))")
        }
        let groups = status.plugins.filter { asked.isEmpty || asked.contains($0.name) }
            .flatMap { Self.groups(of: $0, authority) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let json = try? encoder.encode(groups) else {
            return .text(.internalServerError, "targets cannot be encoded")
        }
        return Reply(
            fields: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ByteBuffer(bytes: json + "\n".utf8)
        )
    }

    /// Jobs are called as on `/federate`; what two targets of a plugin have in common is told apart by `instance`.
    private static func groups(of plugin: PluginStatus, _ authority: String) -> [Group] {
        guard plugin.state != .disabled else { return [] }
        return plugin.targets.filter { $0.address != nil }.map { target in
            Group(
                targets: [authority],
                labels: [
                    "__metrics_path__": ProbePage.path, "__param_plugin": plugin.name, "__param_target": target.name,
                    "instance": target.name, "job": plugin.name,
                ]
            )
        }
    }

    /// Whether Prometheus would take it for an address.
    private static func isAddress(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 300
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"/?#@\\\"".utf8.contains($0) }
    }
}
