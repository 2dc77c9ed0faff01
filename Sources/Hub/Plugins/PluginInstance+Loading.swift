import Exposition
import LuaSandbox
import NIOCore

extension PluginInstance {
    /// Runs the plugin's top level under its limits, and checks that there is something to collect.
    func load() throws(PluginError) {
        guard let entry = source.entry else { throw .noEntry(path: source.path) }
        installHostAPI()
        try run(Prelude.source, chunkName: "host")
        sandbox.armMemoryLimit()
        try run(entry.text, chunkName: entry.chunkName)
        guard declaration != nil else { throw .load("\(entry.chunkName): plugin { ... } is missing") }
        guard let function = sandbox.globalFunction("collect") else {
            throw .load("\(entry.chunkName): function collect(target) is missing")
        }
        collect = function
    }

    private func run(_ text: [UInt8], chunkName: String) throws(PluginError) {
        do {
            let chunk = try sandbox.load(text, chunkName: chunkName)
            let fiber = try sandbox.makeFiber(chunk)
            sandbox.release(chunk)
            var budget = RunBudget(cpuLimit: limits.cpu)
            let outcome = sandbox.resume(fiber, with: Plan(), budget: &budget)
            sandbox.discard(fiber)
            switch outcome {
            case .finished: return
            case .waiting: throw SandboxError.runtime("\(chunkName): cannot wait while the plugin is loaded")
            case .failed(let error): throw error
            }
        } catch {
            throw .load(secrets.redact("\(error)"))
        }
    }

    /// Takes over what `plugin { ... }` declares.
    ///
    /// Returns the problems.
    func adopt(_ declaration: PluginDeclaration) -> [String] {
        do {
            settings = try environment.configuration.resolveSettings(
                of: source.name,
                declaration.schema,
                options: environment.options,
                environment: environment.variables
            )
        } catch {
            return error.problems.map { "\($0)" }
        }
        for values in [settings.plugin] + settings.targets {
            for text in values.values.flatMap(\.secretTexts) { secrets.insert(text) }
        }
        var problems: [String] = []
        let declared = patterns(declaration.files, problems: &problems)
        let allowed = allowedPatterns(problems: &problems)
        let mounts = declaration.mounts && allowed == nil
        grants = FileGrants(declared: declared, allowed: allowed, mounts: mounts)
        adoptNetwork(declaration, problems: &problems)
        registry.naming = declaration.naming
        let targets = configuration.targets
        registry.targetLabels = targets.isEmpty ? [[]] : targets.map { configuration.sampleLabels(of: $0) }
        // Without a declaration the plugin cannot go on, even when it catches the error.
        if problems.isEmpty { self.declaration = declaration }
        return problems
    }

    /// What hub.yml narrows the files to; nothing is granted that it does not list where permissions are explicit.
    private func allowedPatterns(problems: inout [String]) -> [PathPattern]? {
        if let files = configuration.allow.files { return patterns(files, problems: &problems) }
        return environment.configuration.permissions == .explicit ? [] : nil
    }

    func patterns(_ texts: [String], problems: inout [String]) -> [PathPattern] {
        texts.compactMap { text in
            let expanded = expand(text, of: "files", problems: &problems)
            let pattern = PathPattern(expanded)
            if pattern == nil { problems.append("file pattern must be an absolute path, got \"\(expanded)\"") }
            return pattern
        }
    }

    /// Replaces `${name}` by the setting of that name.
    func expand(_ text: String, of need: String, problems: inout [String]) -> String {
        var result = ""
        var rest = Substring(text)
        while let start = rest.firstRange(of: "${"), let end = rest[start.upperBound...].firstIndex(of: "}") {
            result += rest[..<start.lowerBound]
            let name = String(rest[start.upperBound..<end])
            switch settings.plugin[name] {
            // A root of "/" and a trailing slash join without a doubled one.
            case .string(let value)?: result += value.hasSuffix("/") ? String(value.dropLast()) : value
            case .integer(let value)?: result += String(value)
            case .secret(let value)?: result += value.reveal()
            default: problems.append("needs.\(need): \"${\(name)}\" is not a setting with a string")
            }
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }
}
