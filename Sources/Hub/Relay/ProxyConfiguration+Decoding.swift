import FoundationEssentials
import NIOCore
import Relay

extension ProxyConfiguration {
    /// Reads and checks relay.yml; the error lists all that is wrong with it.
    static func load(
        path: String,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(ConfigurationError) -> ProxyConfiguration {
        try ProxyConfiguration(YAMLDocument.load(path: path), environment: environment)
    }

    init(_ document: YAMLDocument, environment: [String: String]) throws(ConfigurationError) {
        self.init()
        secrets = try DecodingContext.decode(document, environment: environment) { keys in
            decode(&keys, beside: document.path)
        }
    }

    private mutating func decode(_ keys: inout MappingDecoder, beside path: String) {
        if let listen = keys.texts("listen", isRequired: true) { self.listen = listen }
        tls = ServerTLSConfiguration(keys.map("tls"), beside: path)
        rules.acceptsCertificates = tls?.clientAuthorityFile != nil
        rules.clients = keys.clients()
        rules.scrapers = keys.scrapers()
        settings.decode(&keys)
        log.decode(keys.map("log"))
    }
}

extension ServerTLSConfiguration {
    init?(_ decoder: MappingDecoder?, beside path: String) {
        guard var keys = decoder else { return nil }
        let certificate = keys.text("certificate_file")
        let key = keys.text("key_file")
        let authority = keys.text("client_ca_file")
        keys.finish()
        guard let certificate, let key else {
            keys.context.report(keys.line, "tls must have certificate_file and key_file")
            return nil
        }
        certificateFile = HubConfiguration.join(certificate, beside: path)
        keyFile = HubConfiguration.join(key, beside: path)
        clientAuthorityFile = authority.map { HubConfiguration.join($0, beside: path) }
    }
}

extension MappingDecoder {
    /// `clients`: a map from names to what opens them.
    fileprivate mutating func clients() -> [AccessRules.Client] {
        guard let entry = entry("clients") else { return [] }
        guard let entries = entry.value.entries else {
            context.report(entry.line, "clients must be a map, got \(entry.value.summary)")
            return []
        }
        return entries.compactMap { client in
            let name = ClientName.canonical(client.key)
            let isPattern = name.hasPrefix("*.") && name.utf8.count > 2
            if !ClientName.isValid(name) || (name.contains("*") && !(isPattern && !name.dropFirst().contains("*"))) {
                context.report(
                    client.line,
                    "client \(ConfigurationText.quote(client.key)) must be a host name, an address, or *. and a domain"
                )
            }
            guard var keys = MappingDecoder(client.value, named: client.key, line: client.line, in: context) else {
                return nil
            }
            let token = keys.secret("token")
            keys.finish()
            return AccessRules.Client(name: name, token: token.map { Token($0) })
        }
    }

    /// `scrapers`: a list of maps, each with a token, or with a user name and a password.
    fileprivate mutating func scrapers() -> [AccessRules.Scraper] {
        guard let entry = entry("scrapers") else { return [] }
        guard case .sequence(let items) = entry.value.content else {
            context.report(entry.line, "scrapers must be a list, got \(entry.value.summary)")
            return []
        }
        return items.compactMap { item in
            guard var keys = MappingDecoder(item, named: "an item of scrapers", line: item.line, in: context) else {
                return nil
            }
            let username = keys.text("username")
            let password = keys.secret("password")
            let token = keys.secret("token")
            keys.finish()
            switch (username, password, token) {
            case (let username?, let password?, nil): return .init(username: username, password: Token(password))
            case (nil, nil, let token?): return .init(username: nil, password: Token(token))
            default:
                context.report(item.line, "an item of scrapers must have username and password, or token")
                return nil
            }
        }
    }

    /// Text that is remembered as a secret.
    mutating func secret(_ key: String) -> String? {
        let text = text(key)
        if let text { context.remember(secret: text) }
        return text
    }

    fileprivate mutating func time(_ key: String, to most: Duration) -> TimeAmount? {
        amount(key, .duration, .positive(to: most)).map { TimeAmount($0) }
    }
}

extension ProxySettings {
    /// Far above any sensible value; it catches a wrong unit.
    private static let longest = Duration.seconds(86_400)

    fileprivate mutating func decode(_ keys: inout MappingDecoder) {
        if var scrape = keys.map("scrape") {
            maxScrapeTimeout = scrape.time("max_timeout", to: Self.longest) ?? maxScrapeTimeout
            scrapeTimeout = scrape.time("timeout", to: Self.longest) ?? scrapeTimeout
            scrape.finish()
        }
        registrationTimeout = keys.time("registration_timeout", to: Self.longest) ?? registrationTimeout
        pollTimeout = keys.time("poll_timeout", to: Self.longest) ?? pollTimeout
        deadAfter = keys.time("dead_after", to: .seconds(3_600)) ?? deadAfter
        decodeLimits(keys.map("limits"))
    }

    private mutating func decodeLimits(_ decoder: MappingDecoder?) {
        guard var keys = decoder else { return }
        let most = 1_000_000
        connections = keys.amount("connections", .count, .positive(to: most)) ?? connections
        broker.clients = keys.amount("clients", .count, .positive(to: most)) ?? broker.clients
        broker.pollsPerClient = keys.amount("polls_per_client", .count, .positive(to: 1_000)) ?? broker.pollsPerClient
        broker.scrapes = keys.amount("scrapes", .count, .positive(to: most)) ?? broker.scrapes
        broker.scrapesPerClient =
            keys.amount("scrapes_per_client", .count, .positive(to: most)) ?? broker.scrapesPerClient
        headerBytes = keys.amount("header_size", .bytes, .positive(to: 1 << 20)) ?? headerBytes
        requestBodyBytes = keys.amount("request_size", .bytes, .positive(to: 16 << 20)) ?? requestBodyBytes
        keys.finish()
    }
}
