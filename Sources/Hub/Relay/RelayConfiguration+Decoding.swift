import FoundationEssentials
import Relay

extension MappingDecoder {
    /// `relay`: a list of URLs, or of maps with one.
    mutating func relays(_ key: String, beside path: String) -> [RelayConfiguration] {
        guard let entry = entry(key) else { return [] }
        guard case .sequence(let items) = entry.value.content else {
            context.report(entry.line, "\(key) must be a list of URLs or maps, got \(entry.value.summary)")
            return []
        }
        var relays: [RelayConfiguration] = []
        for item in items {
            guard let relay = RelayConfiguration(item, beside: path, in: context) else { continue }
            if relays.contains(where: { $0.url == relay.url && $0.name == relay.name }) {
                context.report(item.line, "relay \(ConfigurationText.quote(relay.url.text)) is listed twice")
            }
            relays.append(relay)
        }
        return relays
    }
}

extension RelayConfiguration {
    /// Nil after a report.
    fileprivate init?(_ node: YAMLNode, beside path: String, in context: DecodingContext) {
        if case .scalar(let scalar) = node.content, !scalar.isNull {
            guard let text = context.resolve(scalar, line: node.line, isPrivate: true)?.text else { return nil }
            self.init(url: text, line: node.line, in: context)
            return
        }
        guard var keys = MappingDecoder(node, named: "a relay", line: node.line, in: context) else { return nil }
        guard let text = keys.text("url") else {
            context.report(node.line, "a relay must have a url")
            return nil
        }
        self.init(url: text, line: node.line, in: context)
        decode(&keys, beside: path)
        keys.finish()
    }

    private init?(url text: String, line: Int, in context: DecodingContext) {
        guard let url = RequestURL(text), case .tcp = url.destination, !url.path.contains("?") else {
            context.report(line, "url of a relay must be an http or https URL, as in http://relay.example:8080")
            return nil
        }
        self.url = url
        self.line = line
        if let credentials = url.credentials {
            authorization = Self.basic(credentials.username, credentials.password)
            context.remember(secret: credentials.password)
        }
    }

    private static func basic(_ username: String, _ password: String) -> Token {
        Token("Basic " + Data("\(username):\(password)".utf8).base64EncodedString())
    }

    private mutating func decode(_ keys: inout MappingDecoder, beside path: String) {
        decodeCredentials(&keys)
        if let name = keys.text("name") {
            if !ClientName.isValid(name) {
                keys.context.report(
                    line,
                    "name of a relay must be a host name or an address, got \(ConfigurationText.quote(name))"
                )
            }
            self.name = name
        }
        isHTTP2 = keys.boolean("http2") ?? isHTTP2
        labels = keys.labels("labels") ?? labels
        pollTimeout = keys.amount("poll_timeout", .duration, .positive(to: .seconds(3_600))) ?? pollTimeout
        deadAfter = keys.amount("dead_after", .duration, .positive(to: .seconds(3_600))) ?? deadAfter
        tls.decode(keys.map("tls"), beside: path)
        targets = keys.localTargets("targets", name: name ?? "")
    }

    private mutating func decodeCredentials(_ keys: inout MappingDecoder) {
        let token = keys.secret("token")
        let username = keys.text("username")
        let password = keys.secret("password")
        switch (token, username, password) {
        case (nil, nil, nil): break
        case (let token?, nil, nil): authorization = Token("Bearer \(token)")
        case (nil, let username?, let password?): authorization = Self.basic(username, password)
        default: keys.context.report(line, "a relay must have token, or username and password, not both")
        }
    }
}

extension ClientTLSConfiguration {
    fileprivate mutating func decode(_ decoder: MappingDecoder?, beside path: String) {
        guard var keys = decoder else { return }
        authorityFile = keys.text("ca_file").map { HubConfiguration.join($0, beside: path) }
        certificateFile = keys.text("certificate_file").map { HubConfiguration.join($0, beside: path) }
        keyFile = keys.text("key_file").map { HubConfiguration.join($0, beside: path) }
        skipsVerification = keys.boolean("insecure_skip_verify") ?? false
        if (certificateFile == nil) != (keyFile == nil) {
            keys.context.report(keys.line, "tls must have certificate_file and key_file, or neither")
        }
        keys.finish()
    }
}

extension MappingDecoder {
    /// The addresses that may be scraped through a relay; a name that is empty is the hub's.
    fileprivate mutating func localTargets(_ key: String, name: String) -> [LocalTargets.Target] {
        guard let entry = entry(key) else { return [] }
        guard case .sequence(let items) = entry.value.content else {
            context.report(entry.line, "\(key) must be a list, got \(entry.value.summary)")
            return []
        }
        var targets: [LocalTargets.Target] = []
        for item in items {
            guard let target = localTarget(item, name: name) else { continue }
            if targets.contains(where: { $0.name == target.name && $0.port == target.port }) {
                context.report(
                    item.line,
                    "port \(target.port) is already another target's: give one of them another port or name"
                )
            }
            targets.append(target)
        }
        return targets
    }

    private func localTarget(_ item: YAMLNode, name: String) -> LocalTargets.Target? {
        var address: String?
        var (port, targetName, labels): (Int?, String?, [String: String]) = (nil, nil, [:])
        if case .scalar(let scalar) = item.content {
            address = context.resolve(scalar, line: item.line)?.text
        } else {
            guard var keys = MappingDecoder(item, named: "a target", line: item.line, in: context) else { return nil }
            address = keys.text("address")
            port = keys.amount("port", .count, .positive(to: 65_535))
            targetName = keys.text("name")
            labels = keys.labels("labels") ?? [:]
            keys.finish()
        }
        let isSecure = address?.hasPrefix("https://") == true
        guard let address, let (host, own) = Endpoint.split(address), let own else {
            context.report(item.line, "a target must be an address with a port, as in 192.168.0.5:9100")
            return nil
        }
        if let targetName, !ClientName.isValid(targetName) {
            context.report(item.line, "name of a target must be a host name or an address")
        }
        return LocalTargets.Target(
            name: targetName ?? name,
            port: port ?? own,
            host: host,
            hostPort: own,
            isSecure: isSecure,
            labels: labels
        )
    }
}
