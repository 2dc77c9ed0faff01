import Foundation

/// Debian's snmp_exporter, or another one that the variable SNMP_EXPORTER names.
struct SNMPExporter {
    /// Without it the one on the PATH.
    static let variable = "SNMP_EXPORTER"

    /// Minor numbers of its versions, of which none has another major number than 0.
    enum Version {
        /// From here on modules have no credentials in them.
        static let auths = 23
        /// From here on it says the same as what is recorded.
        static let recorded = 30
    }

    let program: String
    /// The 21 of 0.21.
    let version: Int

    /// Finds it and asks for its version.
    init() async throws {
        program = ProcessInfo.processInfo.environment[Self.variable] ?? "prometheus-snmp-exporter"
        let answer = try await run(program, ["--version"])
        // Older ones say it on standard error.
        let text = (answer.output + answer.errors).joined(separator: "\n")
        guard let match = text.firstMatch(of: /version 0\.([0-9]+)\./), let minor = Int(match.1) else {
            throw HarnessError(description: "\(program) --version: \(text.prefix(200))")
        }
        version = minor
    }

    /// Starts it with a module file, waits until it answers and gives its address to `body`.
    func running<Value>(
        _ configuration: String,
        _ arguments: [String] = [],
        environment: [String: String] = [:],
        _ body: (Endpoint) async throws -> Value
    ) async throws -> Value {
        let endpoint = Endpoint.ipv4(try freePort())
        return try await serving(
            program,
            ["--config.file=\(configuration)", "--web.listen-address=\(endpoint.host)"] + arguments,
            environment: environment,
            at: endpoint,
            body
        )
    }
}
