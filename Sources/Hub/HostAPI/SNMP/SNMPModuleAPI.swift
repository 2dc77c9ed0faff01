import Logging
import LuaSandbox
import SNMP

/// `snmp.scrape` and `snmp.modules`: modules of snmp_exporter.
enum SNMPModuleAPI {
    /// Module files of one plugin.
    static let fileLimit = 1000
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
            let module: CompiledModule?
            do throws(ConfigurationError) { module = try library.module(moduleName) } catch {
                return call.answer(failure: "\(error)")
            }
            guard let module else { throw refuse(run, "Unknown module '\(moduleName)'") }
            guard var auth = library.auth(authName) ?? module.module.auth else {
                throw refuse(run, "Unknown auth '\(authName)'")
            }
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
        let digits = text.compactMap { $0.hexDigitValue.map(UInt8.init) }
        guard digits.count == text.count, digits.count.isMultiple(of: 2), digits.count / 2 <= longestEngineID else {
            throw MisuseError(text: "\(name): engine_id must be up to \(longestEngineID) bytes in hexadecimal")
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
        options.maxRepetitions = parameters.maxRepetitions
        options.maximumOIDs = max(1, parameters.maxRepetitions)
        options.retries = parameters.retries
        options.timeout = parameters.timeout.inSeconds
        options.allowsNonIncreasing = parameters.allowsNonIncreasing
        return SNMPAgent(endpoint: endpoint, credentials: auth.credentials(engineID), options: options)
    }
}

extension SNMPAuth {
    /// As the client takes them.
    fileprivate func credentials(_ engineID: [UInt8]) -> SNMPCredentials {
        let community = Array(community.reveal().utf8)
        guard version == 3 else { return version == 1 ? .v1(community: community) : .v2c(community: community) }
        var user = USMUser(username, level: SecurityLevel(rawValue: level.rawValue) ?? .noAuthNoPriv)
        user.contextName = contextName
        user.contextEngineID = engineID
        if user.level.isAuthenticated, let algorithm = AuthenticationProtocol(rawValue: authProtocol.rawValue) {
            user.authentication = .init(algorithm, password: Array(password.reveal().utf8))
        }
        if user.level.isPrivate, let algorithm = PrivacyProtocol(rawValue: privProtocol.rawValue) {
            user.privacy = .init(algorithm, password: Array(privPassword.reveal().utf8))
        }
        return .v3(user)
    }
}

extension PluginInstance {
    /// The module files that the options name, read again if they have changed.
    fileprivate func library(_ reader: inout OptionReader, of name: String) throws(MisuseError) -> ModuleLibrary {
        let patterns = try reader.list("config_file") ?? []
        let expands = try reader.boolean("expand_environment_variables") ?? false
        guard !patterns.isEmpty else { throw MisuseError(text: "\(name): config_file names no module file") }
        let key = patterns + [expands ? "expanded" : "plain"]
        let library: ModuleLibrary
        if let known = moduleLibraries[key] {
            library = known
        } else {
            guard moduleLibraries.count < SNMPModuleAPI.libraryLimit else {
                throw MisuseError(text: "\(name): more than \(SNMPModuleAPI.libraryLimit) sets of module files")
            }
            library = ModuleLibrary(patterns, expandsVariables: expands, moduleFiles)
            moduleLibraries[key] = library
        }
        do throws(ConfigurationError) {
            try library.refresh()
        } catch {
            guard !library.names.isEmpty else {
                moduleLibraries[key] = nil
                throw MisuseError(text: "\(name): \(error)")
            }
            log.log(.warning, "module files not read again: \(error)", fields: [], at: Clock.unixSeconds())
        }
        for text in library.secretTexts { secrets.insert(text) }
        return library
    }

    /// Files that are granted, and no larger than `limits.file_size`.
    private var moduleFiles: ModuleLibrary.Access {
        ModuleLibrary.Access(
            paths: ModuleFileGlob.paths,
            signature: { FileSignature(path: $0) },
            read: { [unowned self] path throws(ConfigurationError) in
                do throws(FileError) {
                    let file = try FileOpener.openFile(path, &grants)
                    return try reader.read(file, path: path, limit: limits.fileSize) { [UInt8]($0) }
                } catch {
                    throw ConfigurationError(error.text)
                }
            }
        )
    }
}

/// Finds the files that a pattern with wildcards stands for.
enum ModuleFileGlob {
    /// The pattern itself where it has no wildcard; files in the order of their names otherwise.
    static func paths(_ pattern: String) -> [String] {
        guard pattern.contains(where: { "*?".contains($0) }), let matcher = PathPattern(pattern) else {
            return [pattern]
        }
        var paths = ["/"]
        let parts = pattern.split(separator: "/")
        for part in parts {
            guard part.contains(where: { "*?".contains($0) }) else {
                paths = paths.map { join($0, String(part)) }
                continue
            }
            let component = PathPattern("/" + part)
            paths = paths.flatMap { folder in
                directoryEntries(folder).filter { component?.matches("/" + $0) == true }.map { join(folder, $0) }
            }
            paths = Array(paths.prefix(SNMPModuleAPI.fileLimit))
        }
        return paths.filter { matcher.matches($0) && FileSignature(path: $0) != nil }
    }

    private static func join(_ folder: String, _ name: String) -> String {
        folder == "/" ? "/" + name : folder + "/" + name
    }
}
