import Foundation

/// Debian's snmp_exporter, of the version whose modules have their credentials in them.
enum SNMPExporter {
    /// Starts it with module files, waits until it answers and gives its address to `body`.
    static func running<Value>(
        _ configuration: String,
        _ arguments: [String] = [],
        _ body: (Endpoint) async throws -> Value
    ) async throws -> Value {
        let endpoint = Endpoint.ipv4(try freePort())
        return try await serving(
            "prometheus-snmp-exporter",
            ["--config.file=\(configuration)", "--web.listen-address=\(endpoint.host)"] + arguments,
            at: endpoint,
            body
        )
    }
}
