import Foundation

/// Debian's snmpd on loopback with a configuration of the test's own; nothing of the machine's is read.
struct SNMPAgent {
    /// A user of the User-based Security Model; protocols are named as snmpd.conf names them.
    struct User {
        var name: String
        /// `MD5`, `SHA`, `SHA-224`, `SHA-256`, `SHA-384` or `SHA-512`; nil for a user without authentication.
        var authentication: (protocol: String, password: String)?
        /// `DES`, `AES`, `AES-192` or `AES-256`; needs authentication.
        var privacy: (protocol: String, password: String)?

        fileprivate var configuration: String {
            var line = "createUser \(name)"
            if let authentication { line += " \(authentication.protocol) \"\(authentication.password)\"" }
            if let privacy { line += " \(privacy.protocol) \"\(privacy.password)\"" }
            let level = privacy != nil ? "priv" : authentication != nil ? "auth" : "noauth"
            return "\(line)\nrouser \(name) \(level)\n"
        }
    }

    /// What an agent is started with.
    struct Options {
        var ipv4 = true
        var ipv6 = true
        var community = "public"
        var users: [User] = []
        /// Lines of snmpd.conf: `override`, `pass`, `extend`, `sysLocation` and so on.
        var lines: [String] = []
    }

    /// The same port in both families.
    let port: UInt16
    let program: Program

    /// Targets as plugins and exporters take them.
    var address: String { "127.0.0.1:\(port)" }
    var addressIPv6: String { "[::1]:\(port)" }

    /// Starts it, waits until it answers and gives it to `body`.
    static func running<Value>(
        _ options: Options = Options(),
        in workspace: Workspace,
        _ body: (SNMPAgent) async throws -> Value
    ) async throws -> Value {
        let port = try freeDatagramPort()
        let folder = workspace.folder.appending(path: "snmpd-\(port)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appending(path: "snmpd.conf")
        try Data(options.configuration.utf8).write(to: file)
        var addresses: [String] = []
        if options.ipv4 { addresses.append("udp:127.0.0.1:\(port)") }
        if options.ipv6 { addresses.append("udp6:[::1]:\(port)") }
        let program = try Program(
            "/usr/sbin/snmpd",
            ["-f", "-Lo", "-C", "-c", file.path, "-I", "-smux,-mteTrigger,-mteTriggerConf"] + addresses,
            environment: ["SNMP_PERSISTENT_DIR": folder.path, "MIBS": ""]
        )
        do {
            let agent = SNMPAgent(port: port, program: program)
            try await agent.waitUntilReady()
            let value = try await body(agent)
            await program.stop()
            return value
        } catch {
            await program.stop()
            throw error
        }
    }

    /// It says its version once its sockets are open.
    private func waitUntilReady() async throws {
        try await wait(until: "snmpd answers") {
            if program.end != nil {
                throw HarnessError(description: "snmpd ended: \(log.suffix(20).joined(separator: "\n"))")
            }
            return log.contains { $0.contains("NET-SNMP version") }
        }
    }

    private var log: [String] { program.output.lines + program.errors.lines }

    /// What Debian's snmpwalk says of a subtree, numeric and one line for each object.
    func walked(_ root: String, _ more: [String] = ["-v2c", "-cpublic"]) async throws -> [String] {
        try await run("snmpbulkwalk", more + ["-m", "", "-On", address, root]).output
    }
}

extension SNMPAgent.Options {
    fileprivate var configuration: String {
        var text = "rocommunity \(community) 127.0.0.1\nrocommunity6 \(community) ::1\n"
        text += users.map(\.configuration).joined()
        return text + lines.map { $0 + "\n" }.joined()
    }
}

/// A UDP port that nobody listens on at this moment, in both families.
func freeDatagramPort() throws -> UInt16 {
    // Whoever has the TCP port of the same number as ephemeral port does not have the UDP port.
    try freePort()
}
