package import Foundation

/// How Debian's snmpd is started on loopback with a configuration of the test's own; nothing of the machine's is read.
package struct SnmpdCommand: Sendable {
    /// A user of the User-based Security Model; protocols are named as snmpd.conf names them.
    package struct User: Sendable {
        package var name: String
        /// `MD5`, `SHA`, `SHA-224`, `SHA-256`, `SHA-384` or `SHA-512`; nil for a user without authentication.
        package var authentication: (protocol: String, password: String)?
        /// `DES`, `AES`, `AES-192` or `AES-256`; needs authentication.
        package var privacy: (protocol: String, password: String)?

        package init(
            name: String,
            authentication: (protocol: String, password: String)? = nil,
            privacy: (protocol: String, password: String)? = nil
        ) {
            self.name = name
            self.authentication = authentication
            self.privacy = privacy
        }

        fileprivate var configuration: String {
            var line = "createUser \(name)"
            if let authentication { line += " \(authentication.protocol) \"\(authentication.password)\"" }
            if let privacy { line += " \(privacy.protocol) \"\(privacy.password)\"" }
            let level = privacy != nil ? "priv" : authentication != nil ? "auth" : "noauth"
            return "\(line)\nrouser \(name) \(level)\n"
        }
    }

    /// What an agent is started with.
    package struct Options: Sendable {
        package var ipv4 = true
        package var ipv6 = true
        package var community = "public"
        package var users: [User] = []
        /// Lines of snmpd.conf: `override`, `pass`, `extend`, `sysLocation` and so on.
        package var lines: [String] = []

        package init(community: String = "public", users: [User] = [], lines: [String] = []) {
            self.community = community
            self.users = users
            self.lines = lines
        }

        fileprivate var configuration: String {
            // Each request would be a line in the log.
            var text = "dontLogTCPWrappersConnects yes\n"
            text += "rocommunity \(community) 127.0.0.1\nrocommunity6 \(community) ::1\n"
            text += users.map(\.configuration).joined()
            return text + lines.map { $0 + "\n" }.joined()
        }
    }

    package static let program = "/usr/sbin/snmpd"
    /// What its log, on standard error, says once its sockets are open.
    package static let isReady = "NET-SNMP version"

    package let arguments: [String]
    package let environment: [String: String]

    /// Writes its configuration into `folder`, where it also keeps what survives its end: its boots and users.
    package init(_ options: Options, port: UInt16, in folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appending(path: "agent.conf")
        try Data(options.configuration.utf8).write(to: file)
        var addresses: [String] = []
        if options.ipv4 { addresses.append("udp:127.0.0.1:\(port)") }
        if options.ipv6 { addresses.append("udp6:[::1]:\(port)") }
        arguments =
            ["-f", "-Le", "-r", "-C", "-c", file.path, "-p", folder.appending(path: "pid").path]
            + ["-I", "-smux,-mteTrigger,-mteTriggerConf"] + addresses
        environment = ["SNMP_PERSISTENT_DIR": folder.path, "MIBS": ""]
    }
}
