/// What a client serves to those who scrape it through a relay: itself, the listed addresses, and nothing else.
package struct LocalTargets: Sendable, Equatable {
    /// An address near the client.
    package struct Target: Sendable, Equatable {
        /// Name and port in the scrape's URL; the name is canonical.
        package var name: String
        package var port: Int
        /// Where it really is.
        package var host: String
        package var hostPort: Int
        package var isSecure: Bool
        /// Announced to the relay, for its list of clients.
        package var labels: [String: String]

        package init(
            name: String,
            port: Int,
            host: String,
            hostPort: Int,
            isSecure: Bool = false,
            labels: [String: String] = [:]
        ) {
            self.name = ClientName.canonical(name)
            self.port = port
            self.host = host
            self.hostPort = hostPort
            self.isSecure = isSecure
            self.labels = labels
        }

        package var authority: String { host.contains(":") ? "[\(host)]:\(hostPort)" : "\(host):\(hostPort)" }
    }

    package enum Choice: Equatable {
        case itself(path: String)
        case target(Target, path: String)
        case refused(status: Int, String)
    }

    /// The name that stands for the client itself.
    package var name: String
    /// Announced for the client itself.
    package var port: Int
    package var labels: [String: String] = [:]
    package var targets: [Target]
    /// Paths of the client itself that may be read.
    package var paths: Set<String>

    package init(name: String, port: Int, targets: [Target] = [], paths: Set<String>) {
        self.name = ClientName.canonical(name)
        self.port = port
        self.targets = targets
        self.paths = paths
    }

    /// All names to poll under, the client's own first.
    package var names: [String] {
        targets.reduce(into: [name]) { names, target in
            if !names.contains(target.name) { names.append(target.name) }
        }
    }

    /// What is announced under a name.
    package func services(of name: String) -> [Registration.Service] {
        let own = name == self.name ? [Registration.Service(port: port, labels: labels)] : []
        return own
            + targets.filter { $0.name == name }.map { target in
                let address = ["__meta_relay_target": target.authority]
                return Registration.Service(port: target.port, labels: target.labels.merging(address) { $1 })
            }
    }

    /// Decides by name and port: a listed target has its port; any other port of the client's own name is the client,
    /// since those who scrape write a port of their own choice, such as Prometheus's 9090.
    package func choose(_ instruction: ScrapeInstruction) -> Choice {
        var url = instruction.url
        let isSecure = url.takeSchemeParameter() || url.scheme == "https"
        guard ["GET", "HEAD", "POST"].contains(instruction.method) else {
            return .refused(status: 405, "method \(instruction.method) is not served through a relay")
        }
        let port = url.port ?? (isSecure ? 443 : 80)
        if let target = targets.first(where: { $0.name == url.name && $0.port == port }) {
            guard instruction.method != "POST" else {
                return .refused(status: 405, "method POST is not served through a relay")
            }
            return .target(target, path: url.target)
        }
        guard url.name == name else {
            return .refused(
                status: 403,
                "\(url.authority) is not served here: the name is \(name), see relay in hub.yml"
            )
        }
        let path = String(url.target.prefix { $0 != "?" })
        guard paths.contains(path) else {
            let known = paths.sorted().joined(separator: ", ")
            return .refused(status: 403, "\(path) is not served through a relay, only \(known)")
        }
        guard instruction.method != "POST" || path == "/federate" else {
            return .refused(status: 405, "method POST is not served through a relay")
        }
        return .itself(path: url.target)
    }
}
