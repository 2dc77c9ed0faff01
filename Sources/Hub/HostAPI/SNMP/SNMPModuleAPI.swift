import LuaSandbox
import SNMP

/// `snmp.scrape` and `snmp.modules`: modules of snmp_exporter.
enum SNMPModuleAPI {
    /// Module files of one plugin.
    static let fileLimit = 1000
    /// Bytes of a module file's path (PATH_MAX).
    static let longestPath = 4096
    /// Different sets of module files that one plugin uses.
    static let libraryLimit = 16
    /// Bytes of a context engine id (RFC 3411 §5, SnmpEngineID).
    private static let longestEngineID = 32

    static let functions: [(name: String, function: HostFunction)] = [("modules", modules), ("scrape", scrape)]

    /// `modules(options)` checks the module files and answers the names of their modules; raises what is wrong.
    private static let modules: HostFunction = { state in
        HostCall.run(state) { call, instance throws(MisuseError) in
            var reader = try OptionReader(call, 1, function: "snmp.modules")
            let library = try instance.library(&reader, of: "snmp.modules")
            try reader.finish()
            var plan = Plan()
            plan.beginTable(items: library.names.count)
            for (index, name) in library.names.enumerated() {
                plan.push(name)
                plan.item(index + 1)
            }
            return call.answer(plan)
        }
    }

    /// `scrape(address, module, options)` asks an agent for a module and puts its families into the run.
    private static let scrape: HostFunction = { state in
        HostCall.run(state) { call, instance throws(MisuseError) in
            let name = "snmp.scrape"
            guard let run = instance.currentRun else {
                throw MisuseError(text: "\(name): samples can be emitted in collect only")
            }
            let address = try call.requiredString(1, of: name)
            let moduleName = try call.requiredString(2, of: name)
            var reader = try OptionReader(call, 3, function: name)
            let library = try instance.library(&reader, of: name)
            let authName = try reader.string("auth") ?? ""
            let context = try reader.string("context") ?? ""
            let engineID = try engineID(&reader, name)
            var options = ModuleScrape.Options()
            options.wrapsCounters = try reader.boolean("wrap_large_counters") ?? true
            let labelsModule = try reader.boolean("module_label")
            options.timeout = try reader.seconds("timeout")
            try reader.finish()
            let found: CompiledModule?
            do throws(ConfigurationError) { found = try library.module(moduleName) } catch {
                return call.answer(failure: "\(error)")
            }
            let known = library.auth(authName) ?? found?.module.auth
            // As the exporter looks for them: the auth first, where the files have any.
            if known == nil, found != nil || library.hasAuths { throw refuse(run, "Unknown auth '\(authName)'") }
            guard let module = found, var auth = known else { throw refuse(run, "Unknown module '\(moduleName)'") }
            if !context.isEmpty { auth.contextName = context }
            options.labelsModule = labelsModule ?? !module.module.isOldFormat
            let agent = try agent(address, auth, engineID, module.module.parameters)
            return instance.suspend(call, name) { [unowned instance] handle in
                ModuleScrape(module, of: agent, options, instance, handle).begin()
            }
        }
    }

    /// Ends the run: what it is asked for does not exist.
    private static func refuse(_ run: CollectRun, _ text: String) -> MisuseError {
        run.breakLimit(RunFailure(reason: .error, message: text, isRefusal: true))
        return MisuseError(text: text)
    }

    private static func engineID(_ reader: inout OptionReader, _ name: String) throws(MisuseError) -> [UInt8] {
        guard let text = try reader.string("engine_id"), !text.isEmpty else { return [] }
        guard let bytes = engineID(text) else { throw MisuseError(text: "\(name): engine_id \(engineIDRule)") }
        return bytes
    }

    static let engineIDRule = "must be up to \(longestEngineID) bytes in hexadecimal"

    /// The bytes of an engine id; nil when it breaks the rule.
    static func engineID(_ text: String) -> [UInt8]? {
        let digits = text.compactMap { $0.hexDigitValue.map(UInt8.init) }
        guard digits.count == text.count, digits.count.isMultiple(of: 2), digits.count / 2 <= longestEngineID else {
            return nil
        }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    private static func agent(
        _ address: String,
        _ auth: SNMPAuth,
        _ engineID: [UInt8],
        _ parameters: WalkParameters
    ) throws(MisuseError) -> SNMPAgent {
        let host = address.hasPrefix("udp://") ? String(address.dropFirst(6)) : address
        guard let endpoint = Endpoint(host, defaultPort: SNMPAgent.port) else {
            throw MisuseError(text: "snmp.scrape: \"\(address.prefix(80))\" is not a host or host:port")
        }
        var options = SNMPOptions()
        options.maxRepetitions = parameters.walkRepetitions
        options.maximumOIDs = max(1, parameters.maxRepetitions)
        options.retries = parameters.retries
        options.timeout = parameters.timeout.inSeconds
        options.allowsNonIncreasing = parameters.allowsNonIncreasing
        options.acceptsAnySource = parameters.usesUnconnectedSocket
        // So does the exporter, whose modules say only what such agents need there.
        options.allowsDisorderInAnswers = true
        return SNMPAgent(endpoint: endpoint, credentials: auth.credentials(engineID), options: options)
    }
}

extension SNMPAuth {
    /// As the client takes them.
    fileprivate func credentials(_ engineID: [UInt8]) -> SNMPCredentials {
        let community = Array(community.reveal().utf8)
        guard version == 3 else { return version == 1 ? .v1(community: community) : .v2c(community: community) }
        var user = USMUser(username, level: level)
        user.contextName = contextName
        user.contextEngineID = engineID
        if user.level.isAuthenticated {
            user.authentication = .init(authProtocol, password: Array(password.reveal().utf8))
        }
        if user.level.isPrivate {
            user.privacy = .init(privProtocol, password: Array(privPassword.reveal().utf8))
        }
        return .v3(user)
    }
}
