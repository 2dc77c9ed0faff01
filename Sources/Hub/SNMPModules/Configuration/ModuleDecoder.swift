import LinearRegex
import SNMP

/// Decodes one module; every key of snmp_exporter's formats is known, and nothing else.
struct ModuleDecoder {
    private static let keys = ["walk", "get", "metrics", "filters"] + parameterKeys
    private static let parameterKeys = [
        "max_repetitions", "retries", "timeout", "use_unconnected_udp_socket", "allow_nonincreasing_oids",
    ]
    /// RFC 3416 §3: the most that the field holds.
    private static let mostRepetitions = Int(Int32.max)

    let values: ModuleValues
    /// Whether the module has its version and credentials in it, as before 0.23.
    let isOldFormat: Bool

    private var problems: ModuleProblems { values.problems }

    init(_ problems: ModuleProblems, isOldFormat: Bool) {
        values = ModuleValues(problems: problems)
        self.isOldFormat = isOldFormat
    }

    /// What is wrong is reported and left out.
    func module(_ entry: YAMLEntry) -> SNMPModule {
        var module = SNMPModule(name: entry.key)
        var auth = SNMPAuth()
        let keys = isOldFormat ? Self.keys + ["version", "auth"] : Self.keys
        let place = "module \(ConfigurationText.quote(entry.key))"
        values.map(entry.value, named: place, line: entry.line, keys) { entry in
            switch entry.key {
            case "walk": module.walk = values.oids(entry)
            case "get": module.get = values.oids(entry)
            case "metrics": values.items(entry) { if let metric = metric($0) { module.metrics.append(metric) } }
            case "filters": values.items(entry) { if let filter = filter($0) { module.filters.append(filter) } }
            case "version": auth.version = values.integer(entry, in: 1...3) ?? 2
            case "auth": AuthDecoder(values: values).read(entry.value, line: entry.line, into: &auth)
            default: parameter(entry, into: &module.parameters)
            }
        }
        if isOldFormat {
            AuthDecoder(values: values).check(auth, line: entry.line)
            module.auth = auth
        }
        return module
    }

    private func parameter(_ entry: YAMLEntry, into parameters: inout WalkParameters) {
        switch entry.key {
        case "max_repetitions":
            parameters.maxRepetitions =
                values.integer(entry, in: 0...Self.mostRepetitions) ?? parameters.maxRepetitions
        case "retries":
            parameters.retries = values.integer(entry, in: SNMPOptions.limits.retries) ?? parameters.retries
        case "timeout": parameters.timeout = values.duration(entry) ?? parameters.timeout
        case "use_unconnected_udp_socket": parameters.usesUnconnectedSocket = values.boolean(entry) ?? false
        default: parameters.allowsNonIncreasing = values.boolean(entry) ?? false
        }
    }

    private func filter(_ node: YAMLNode) -> DynamicFilter? {
        var oid: ObjectIdentifier?
        var filter = DynamicFilter(oid: ObjectIdentifier([]))
        values.map(node, named: "a filter", line: node.line, ["oid", "targets", "values"]) { entry in
            switch entry.key {
            case "oid": oid = values.oid(entry)
            case "targets": filter.targets = values.oids(entry)
            default:
                for text in values.texts(entry) {
                    if let pattern = pattern(text, line: entry.line, isWhole: false) { filter.values.append(pattern) }
                }
            }
        }
        guard let oid else {
            if node.entries?.contains(where: { $0.key == "oid" }) == false {
                problems.report(node.line, "a filter must have an oid")
            }
            return nil
        }
        filter.oid = oid
        return filter
    }

    func pattern(_ text: String, line: Int, isWhole: Bool) -> LinearRegex? {
        do throws(RegexError) {
            return try LinearRegex(text, isAnchored: isWhole)
        } catch {
            problems.report(line, "regular expression \(ConfigurationText.quote(text)): \(error)")
            return nil
        }
    }
}

/// Decodes the credentials.
struct AuthDecoder {
    private static let keys = [
        "community", "security_level", "username", "password", "auth_protocol", "priv_protocol", "priv_password",
        "context_name",
    ]

    let values: ModuleValues

    /// One of `auths`, in the format since 0.23.
    func auth(_ entry: YAMLEntry) -> SNMPAuth {
        var auth = SNMPAuth()
        read(entry.value, line: entry.line, hasVersion: true, into: &auth)
        check(auth, line: entry.line)
        return auth
    }

    func read(_ node: YAMLNode, line: Int, hasVersion: Bool = false, into auth: inout SNMPAuth) {
        let keys = hasVersion ? Self.keys + ["version"] : Self.keys
        values.map(node, named: "auth", line: line, keys) { entry in
            switch entry.key {
            case "community": auth.community = Secret(secret(entry))
            case "security_level": auth.level = values.choice(entry) ?? auth.level
            case "username": auth.username = values.text(entry) ?? ""
            case "password": auth.password = Secret(secret(entry))
            case "auth_protocol": auth.authProtocol = values.choice(entry) ?? auth.authProtocol
            case "priv_protocol": auth.privProtocol = values.choice(entry) ?? auth.privProtocol
            case "priv_password": auth.privPassword = Secret(secret(entry))
            case "context_name": auth.contextName = values.text(entry) ?? ""
            default: auth.version = values.integer(entry, in: 1...3) ?? auth.version
            }
        }
    }

    private func secret(_ entry: YAMLEntry) -> String { values.text(entry) ?? "" }

    /// Says what version 3 lacks.
    func check(_ auth: SNMPAuth, line: Int) {
        guard auth.version == 3 else { return }
        func require(_ text: String, _ key: String) {
            if text.isEmpty { values.problems.report(line, "\(key) is missing, version 3 needs it") }
        }
        require(auth.username, "username")
        if auth.level.isAuthenticated { require(auth.password.reveal(), "password") }
        if auth.level.isPrivate { require(auth.privPassword.reveal(), "priv_password") }
    }
}
