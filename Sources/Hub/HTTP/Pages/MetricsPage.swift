import Exposition
import HTTPTypes
import NIOCore

/// `/metrics`: the query and the headers that Prometheus sends, and the merged exposition in the format it prefers.
struct MetricsPage {
    /// The time Prometheus will wait, in seconds.
    static let timeoutField = HTTPField.Name("X-Prometheus-Scrape-Timeout-Seconds")
    /// Longer waits than this are taken for nonsense, seconds.
    static let longestTimeout = 86_400.0

    let service: any HubService

    func reply(_ target: RequestTarget, _ fields: HTTPFields, _ remote: SocketAddress?) async -> Reply {
        var request: ScrapeRequest
        do {
            request = try Self.parse(target)
        } catch {
            return .badRequest(error)
        }
        request.timeout = Self.timeout(in: fields)
        request.remote = remote.map { AddressFormatter.host($0) } ?? ""
        let response = await service.scrape(request)
        if !response.unknownPlugins.isEmpty {
            let names = response.unknownPlugins.map { "\"\($0)\"" }.joined(separator: ", ")
            return .text(.notFound, "no plugin \(names)")
        }
        if request.isStrict, !response.failed.isEmpty {
            let count = response.failed.count == 1 ? "1 plugin" : "\(response.failed.count) plugins"
            return .text(.serviceUnavailable, "\(count) failed\n" + response.failed.joined(separator: "\n"))
        }
        return .exposition(response.merged, fields)
    }

    /// Reads `plugin` and `strict`.
    ///
    /// Parameters of other names are left to whoever put them there.
    static func parse(_ target: RequestTarget) throws(BadRequest) -> ScrapeRequest {
        var request = ScrapeRequest()
        for (name, value) in target.query {
            switch (name, value) {
            case ("plugin", ""): throw BadRequest(reason: "plugin must not be empty")
            case ("plugin", _): request.plugins.append(value)
            case ("strict", _): request.isStrict = try target.flag(name, value)
            default: break
            }
        }
        return request
    }

    /// The time that Prometheus says it waits.
    static func timeout(in fields: HTTPFields) -> Duration? {
        timeoutField.flatMap { fields[$0] }.flatMap { timeout($0) }
    }

    /// Seconds as Prometheus writes them; nil for what is no waiting time.
    static func timeout(_ text: String) -> Duration? {
        guard let seconds = Double(text), seconds > 0, seconds <= longestTimeout else { return nil }
        return .seconds(seconds)
    }
}
