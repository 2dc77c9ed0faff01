import FoundationEssentials
import NIOSSL
import RemoteWrite

extension RemoteWriteConfiguration {
    private static let longest = Duration.seconds(86_400)
    /// Each has threads and a file of its own.
    private static let mostEndpoints = 16

    mutating func decode(_ decoder: MappingDecoder?) {
        guard var keys = decoder else { return }
        interval = keys.amount("interval", .duration, .positive(to: Self.longest)) ?? interval
        job = keys.text("job") ?? job
        instance = keys.text("instance") ?? instance
        metadataInterval = keys.amount("metadata_interval", .duration, .positive(to: Self.longest)) ?? metadataInterval
        relabeling = keys.relabelRules("relabel_configs") ?? relabeling
        if let items = keys.list("endpoints") { endpoints = items.compactMap { keys.endpoint($0) } }
        if endpoints.count > Self.mostEndpoints {
            keys.context.report(keys.line, "endpoints must be at most \(Self.mostEndpoints), got \(endpoints.count)")
        }
        keys.reportRepeatedNames(endpoints.map(\.name))
        keys.finish()
    }
}

extension MappingDecoder {
    /// The items of a list; nil for an absent key and, after a report, for what is no list.
    fileprivate mutating func list(_ key: String) -> [YAMLNode]? {
        guard let entry = entry(key) else { return nil }
        guard case .sequence(let items) = entry.value.content else {
            context.report(entry.line, "\(key) must be a list, got \(entry.value.summary)")
            return nil
        }
        return items
    }

    /// Text that logs and pages must not show.
    fileprivate mutating func hidden(_ key: String) -> Secret? {
        guard let entry = entry(key) else { return nil }
        guard case .scalar(let scalar) = entry.value.content, !scalar.isNull else {
            context.report(entry.line, "\(key) must be text, got \(entry.value.summary)")
            return nil
        }
        guard let resolved = context.resolve(scalar, line: entry.line, isPrivate: true) else { return nil }
        guard !resolved.text.isEmpty else {
            context.report(entry.line, "\(key) must not be empty")
            return nil
        }
        context.remember(secret: resolved.text)
        return Secret(resolved.text)
    }

    fileprivate func reportRepeatedNames(_ names: [String]) {
        for (number, name) in names.enumerated() where names[..<number].contains(name) {
            context.report(line, "endpoints: name \(ConfigurationText.quote(name)) is given twice")
        }
    }

    fileprivate func endpoint(_ node: YAMLNode) -> EndpointConfiguration? {
        guard var keys = MappingDecoder(node, named: "an endpoint", line: node.line, in: context) else { return nil }
        var endpoint = EndpointConfiguration()
        endpoint.decode(&keys)
        keys.finish()
        return endpoint
    }
}

extension EndpointConfiguration {
    private static let longest = Duration.seconds(3600)

    fileprivate mutating func decode(_ keys: inout MappingDecoder) {
        decodeAddress(&keys)
        writeProtocol = keys.choice("protocol") ?? writeProtocol
        timeout = keys.amount("timeout", .duration, .positive(to: Self.longest)) ?? timeout
        headers = keys.map("headers")?.headerFields() ?? headers
        decodeAuthorization(&keys)
        tls.decode(keys.map("tls"))
        relabeling = keys.relabelRules("write_relabel_configs") ?? relabeling
        shards = keys.amount("shards", .count, .positive(to: 64)) ?? shards
        row.samples = keys.amount("max_samples_per_send", .count, .positive(to: 100_000)) ?? row.samples
        row.bytes = keys.amount("max_bytes_per_send", .bytes, .positive(to: 64 << 20)) ?? row.bytes
        maxSeries = keys.amount("max_series", .count, .positive(to: 10_000_000)) ?? maxSeries
        retry.decode(keys.map("retry"))
        queue.decode(keys.map("queue"))
    }

    private mutating func decodeAddress(_ keys: inout MappingDecoder) {
        if let name = keys.text("name") {
            let isPlain = name.utf8.allSatisfy { byte in
                let character = Character(UnicodeScalar(byte))
                return character.isASCII && (character.isLetter || character.isNumber || "_-".contains(character))
            }
            if !isPlain || name.utf8.count > 64 {
                keys.context.report(keys.line, "name must be at most 64 letters, digits, _ and -")
            }
            self.name = name
        } else {
            keys.context.report(keys.line, "an endpoint must have a name")
        }
        guard let url = keys.text("url") else {
            return keys.context.report(keys.line, "an endpoint must have a url")
        }
        guard let parsed = RequestURL(url), parsed.scheme != .unix else {
            return keys.context.report(keys.line, "url must be an http or https URL")
        }
        if parsed.credentials != nil {
            keys.context.report(keys.line, "url must not hold credentials, write basic_auth")
        }
        self.url = url
    }

    private mutating func decodeAuthorization(_ keys: inout MappingDecoder) {
        let token = keys.hidden("bearer_token")
        if let token { authorization = Secret("Bearer \(token.reveal())") }
        guard var basic = keys.map("basic_auth") else { return }
        if token != nil { keys.context.report(basic.line, "basic_auth and bearer_token must not both be given") }
        let username = basic.text("username") ?? ""
        let password = basic.hidden("password")?.reveal() ?? ""
        if username.contains(":") { keys.context.report(basic.line, "username must not contain a colon") }
        let pair = HTTPOptions.basic(username, password)
        keys.context.remember(secret: String(pair.dropFirst("Basic ".count)))
        authorization = Secret(pair)
        basic.finish()
    }
}

extension MappingDecoder {
    /// Headers that the user wants to be sent.
    fileprivate func headerFields() -> [EndpointConfiguration.HeaderField] {
        var keys = self
        let fields = names.compactMap { name -> EndpointConfiguration.HeaderField? in
            guard let value = keys.hidden(name) else { return nil }
            if WriteProtocol.reservedHeaders.contains(name.lowercased()) {
                context.report(
                    line,
                    "header \(ConfigurationText.quote(name)) is set by the hub and must not be set here"
                )
            }
            let isToken = name.utf8.allSatisfy { byte in
                let character = Character(UnicodeScalar(byte))
                return character.isASCII
                    && (character.isLetter || character.isNumber || "!#$%&'*+-.^_`|~".contains(character))
            }
            let isClean = value.reveal().utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
            if name.isEmpty || !isToken || !isClean {
                context.report(
                    line,
                    "header \(ConfigurationText.quote(name)) has a character that must not be in a header"
                )
            }
            return .init(name: name, value: value)
        }
        keys.finish()
        return fields
    }
}

extension EndpointTLS {
    fileprivate mutating func decode(_ decoder: MappingDecoder?) {
        guard var keys = decoder else { return }
        ca = keys.text("ca")
        certificate = keys.text("cert")
        key = keys.hidden("key")
        serverName = keys.text("server_name")
        skipsVerification = keys.boolean("insecure_skip_verify") ?? skipsVerification
        if let serverName, !Endpoint.isName(serverName) {
            keys.context.report(keys.line, "server_name must be a host name")
        }
        guard (certificate == nil) == (key == nil) else {
            keys.context.report(keys.line, "cert and key must be given together")
            return keys.finish()
        }
        do {
            _ = try configuration()
        } catch {
            keys.context.report(keys.line, "tls: ca, cert and key must be usable PEM texts, got \(error)")
        }
        keys.finish()
    }

    /// What the TLS library takes.
    func configuration() throws -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        if let ca { tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(ca.utf8))) }
        if let certificate {
            tls.certificateChain = try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8)).map { .certificate($0) }
        }
        if let key { tls.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: Array(key.reveal().utf8), format: .pem)) }
        if skipsVerification { tls.certificateVerification = .none }
        return tls
    }
}

extension EndpointRetry {
    private static let longest = Duration.seconds(3600)

    fileprivate mutating func decode(_ decoder: MappingDecoder?) {
        guard var keys = decoder else { return }
        maxBackoff = keys.amount("max_backoff", .duration, .positive(to: Self.longest)) ?? maxBackoff
        minBackoff = keys.amount("min_backoff", .duration, .positive(to: maxBackoff)) ?? min(minBackoff, maxBackoff)
        maxRetryAfter = keys.amount("max_retry_after", .duration, .positive(to: .seconds(86_400))) ?? maxRetryAfter
        onTooManyRequests = keys.boolean("on_http_429") ?? onTooManyRequests
        keys.finish()
    }
}

extension EndpointQueue {
    /// Less holds no sensible queue beside the labels.
    private static let smallest = 1 << 20

    fileprivate mutating func decode(_ decoder: MappingDecoder?) {
        guard var keys = decoder else { return }
        if let size = keys.amount("max_size", .bytes, .positive(to: 1 << 40)) {
            maxSize = size
            if size < Self.smallest { keys.context.report(keys.line, "max_size must be at least 1MiB, got \(size)") }
        }
        maxAge = keys.amount("max_age", .duration, .positive(to: .seconds(365 * 86_400))) ?? maxAge
        maxMemorySamples =
            keys.amount("max_memory_samples", .count, .notNegative(to: 10_000_000)) ?? maxMemorySamples
        keys.finish()
    }
}

// MARK: - Relabelling

extension MappingDecoder {
    fileprivate mutating func relabelRules(_ key: String) -> [RelabelRule]? {
        list(key)?.compactMap { node in
            guard var keys = MappingDecoder(node, named: "a rule of \(key)", line: node.line, in: context) else {
                return nil
            }
            let rule = keys.relabelRule()
            keys.finish()
            return rule
        }
    }

    private mutating func relabelRule() -> RelabelRule {
        var rule = RelabelRule()
        let isGiven = names.contains("action")
        let action: RelabelRule.Action? = choice("action")
        rule.action = action ?? rule.action
        rule.sourceLabels = texts("source_labels") ?? rule.sourceLabels
        rule.separator = anyText("separator") ?? rule.separator
        rule.targetLabel = anyText("target_label") ?? rule.targetLabel
        rule.replacement = anyText("replacement") ?? rule.replacement
        if let modulus = amount("modulus", .count, .positive(to: .max)) { rule.modulus = UInt64(modulus) }
        if let regex = anyText("regex") {
            rule.regex = regex
            do {
                rule.expression = try RelabelExpression(regex)
            } catch {
                context.report(line, "regex: \(error)")
            }
        }
        if action != nil || !isGiven, let problem = rule.problem { context.report(line, problem) }
        return rule
    }

    /// Text that may be empty, taken as it stands: `$1` and `${1}` are groups here, not references.
    private mutating func anyText(_ key: String) -> String? {
        guard let entry = entry(key) else { return nil }
        guard case .scalar(let scalar) = entry.value.content, !scalar.isNull else {
            context.report(entry.line, "\(key) must be text, got \(entry.value.summary)")
            return nil
        }
        return scalar.text
    }
}

extension RelabelRule {
    /// What does not fit together; nil when all does.
    fileprivate var problem: String? {
        let needsTarget = [.replace, .keepequal, .dropequal, .hashmod, .lowercase, .uppercase].contains(action)
        if needsTarget, targetLabel.isEmpty { return "action \(action.rawValue) needs target_label" }
        let canBeTemplate = action == .replace && targetLabel.contains("$")
        if needsTarget, !canBeTemplate, !Label.isValidName(targetLabel) {
            return "target_label \(ConfigurationText.quote(targetLabel)) is no label name"
        }
        if action == .hashmod, modulus == 0 { return "action hashmod needs modulus" }
        let needsSources = [.keep, .drop, .keepequal, .dropequal, .hashmod, .lowercase, .uppercase].contains(action)
        if needsSources, sourceLabels.isEmpty { return "action \(action.rawValue) needs source_labels" }
        return nil
    }
}
