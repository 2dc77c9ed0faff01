import Foundation

/// Debian's node_exporter with the collectors that the node plugin has too.
enum NodeExporter {
    static let collectors = [
        "arp", "conntrack", "cpu", "diskstats", "entropy", "filefd", "filesystem", "loadavg", "meminfo", "netdev",
        "netstat", "os", "pressure", "schedstat", "sockstat", "softnet", "stat", "thermal_zone", "time", "uname",
        "vmstat",
    ]

    /// Starts it, waits until it answers and gives its address to `body`.
    static func running<Value>(_ body: (Endpoint) async throws -> Value) async throws -> Value {
        let endpoint = Endpoint.ipv4(try freePort())
        let program = try Program(
            "prometheus-node-exporter",
            ["--web.listen-address=\(endpoint.host)", "--collector.disable-defaults"]
                + collectors.map { "--collector.\($0)" }
        )
        do {
            try await wait(until: "node_exporter answers") {
                (try? await HTTPRequest(path: "/").send(to: endpoint).status) == 200
            }
            let value = try await body(endpoint)
            await program.stop()
            return value
        } catch {
            await program.stop()
            throw error
        }
    }

    /// One scrape in text format 0.0.4.
    static func exposition(from endpoint: Endpoint) async throws -> String {
        let request = HTTPRequest(path: "/metrics", headers: ["Accept": "text/plain;version=0.0.4"])
        return try await request.send(to: endpoint).text
    }
}
