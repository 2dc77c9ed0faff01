import Foundation

/// A real Prometheus that scrapes every second.
struct PrometheusServer {
    let endpoint: Endpoint
    let log: LineLog

    /// One series of an instant query.
    struct Series: Decodable {
        let metric: [String: String]
        let value: Double

        private enum Key: CodingKey {
            case metric
            case value
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            metric = try container.decode([String: String].self, forKey: .metric)
            // The API writes a sample as the pair of a time and a text.
            var pair = try container.nestedUnkeyedContainer(forKey: .value)
            _ = try pair.decode(Double.self)
            value = Double(try pair.decode(String.self)) ?? .nan
        }
    }

    private struct Answer: Decodable {
        struct Content: Decodable { let result: [Series] }
        let data: Content
    }

    /// Starts it with one job `hub` for all `targets`, waits until it is ready and gives it to `body`.
    static func scraping<Value>(
        _ targets: [Endpoint],
        in workspace: Workspace,
        _ body: (PrometheusServer) async throws -> Value
    ) async throws -> Value {
        let config = """
            global: { scrape_interval: 1s, scrape_timeout: 1s }
            scrape_configs:
              - job_name: hub
                static_configs: [ { targets: [\(targets.map { "\"\($0.host)\"" }.joined(separator: ", "))] } ]
            """
        return try await running(config, in: workspace, body)
    }

    /// Starts it with a configuration of the test's own.
    static func running<Value>(
        _ config: String,
        _ arguments: [String] = [],
        in workspace: Workspace,
        _ body: (PrometheusServer) async throws -> Value
    ) async throws -> Value {
        let endpoint = Endpoint.ipv4(try freePort())
        let program = try Program(
            PeerProgram.prometheus.path,
            [
                "--config.file=\(try workspace.write(config, to: "prometheus.yml"))",
                "--storage.tsdb.path=\(workspace.folder.appending(path: "tsdb").path)",
                "--web.listen-address=\(endpoint.host)",
            ] + arguments
        )
        do {
            try await wait(until: "Prometheus is ready") {
                (try? await HTTPRequest(path: "/-/ready").send(to: endpoint).status) == 200
            }
            let value = try await body(PrometheusServer(endpoint: endpoint, log: program.errors))
            await program.stop()
            return value
        } catch {
            await program.stop()
            throw error
        }
    }

    /// Answers an instant query.
    func query(_ expression: String) async throws -> [Series] {
        let escaped = expression.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? expression
        let response = try await HTTPRequest(path: "/api/v1/query?query=\(escaped)").send(to: endpoint)
        guard response.status == 200 else {
            throw HarnessError(description: "query \(expression): \(response.status): \(response.text)")
        }
        return try JSONDecoder().decode(Answer.self, from: Data(response.body)).data.result
    }
}

extension PrometheusServer {
    /// The first two numbers of the program's version.
    static func version() async throws -> (Int, Int) {
        let answer = try await run(PeerProgram.prometheus.path, ["--version"])
        let words = (answer.output + answer.errors).first?.split(separator: " ") ?? []
        let numbers = words.dropFirst(2).first?.split { !$0.isNumber }.prefix(2).compactMap { Int($0) } ?? []
        guard numbers.count == 2 else { throw HarnessError(description: "prometheus --version: \(words)") }
        return (numbers[0], numbers[1])
    }

    /// What it complained of.
    var warnings: [String] {
        let levels = ["level=warn", "level=error"]
        return log.lines.filter { line in levels.contains { line.lowercased().contains($0) } }
    }

    /// The types of all metrics by scrape job.
    func types() async throws -> [String: [String: String]] {
        struct Entry: Decodable {
            struct Target: Decodable { let job: String }
            let target: Target
            let metric: String
            let type: String
        }
        struct Answer: Decodable { let data: [Entry] }
        let response = try await HTTPRequest(path: "/api/v1/targets/metadata").send(to: endpoint)
        var types: [String: [String: String]] = [:]
        for entry in try JSONDecoder().decode(Answer.self, from: Data(response.body)).data {
            types[entry.target.job, default: [:]][entry.metric] = entry.type
        }
        return types
    }

    /// The types that targets gave a metric.
    func type(of metric: String) async throws -> [String] {
        struct Entry: Decodable { let type: String }
        struct Metadata: Decodable { let data: [String: [Entry]] }
        let response = try await HTTPRequest(path: "/api/v1/metadata?metric=\(metric)").send(to: endpoint)
        return try JSONDecoder().decode(Metadata.self, from: Data(response.body)).data[metric]?.map(\.type) ?? []
    }
}
