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
        if declared.reduce(0, { $0 + $1.text.utf8.count }) > Self.patternLimit {
            problems.append("needs.files: patterns are longer than \(Self.patternLimit) bytes")
        }
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

    /// Texts that one of `needs` stands for, with the settings in it.
    private static let expansionLimit = 1000
    /// Bytes of all patterns of files: every new path is held against them.
    private static let patternLimit = 32 << 10

    /// What hub.yml narrows the files to; nothing is granted that it does not list where permissions are explicit.
    private func allowedPatterns(problems: inout [String]) -> [PathPattern]? {
        if let files = configuration.allow.files { return patterns(files, problems: &problems) }
        return environment.configuration.permissions == .explicit ? [] : nil
    }

    func patterns(_ texts: [String], problems: inout [String]) -> [PathPattern] {
        texts.flatMap { expand($0, of: "files", problems: &problems) }.compactMap { text in
            let pattern = PathPattern(text)
            if pattern == nil { problems.append("file pattern must be an absolute path, got \"\(text)\"") }
            return pattern
        }
    }

    /// Replaces `${name}` by the setting of that name: a text for each value that the plugin, its targets and the items
    /// of a list have; none for an empty one.
    func expand(_ text: String, of need: String, problems: inout [String]) -> [String] {
        guard let start = text.firstRange(of: "${"), let end = text[start.upperBound...].firstIndex(of: "}") else {
            return [text]
        }
        let name = String(text[start.upperBound..<end])
        var values: [String] = []
        for setting in ([settings.plugin] + settings.targets).compactMap({ $0[name] }) {
            guard let texts = setting.texts else {
                values = []
                break
            }
            for value in texts where !values.contains(value) { values.append(value) }
        }
        guard !values.isEmpty || settings.plugin[name]?.texts != nil else {
            problems.append("needs.\(need): \"${\(name)}\" is not a setting with a string")
            return []
        }
        let rests = expand(String(text[text.index(after: end)...]), of: need, problems: &problems)
        guard values.count * rests.count <= Self.expansionLimit else {
            problems.append("needs.\(need): \"\(text.prefix(80))\" stands for more than \(Self.expansionLimit) texts")
            return []
        }
        return values.filter { !$0.isEmpty }.flatMap { value in
            // A root of "/" and a trailing slash join without a doubled one.
            let trimmed = value.hasSuffix("/") ? String(value.dropLast()) : value
            return rests.map { text[..<start.lowerBound] + trimmed + $0 }
        }
    }
}

extension SettingValue {
    /// The text of a string, a secret or an integer, or those of a list of strings.
    fileprivate var texts: [String]? {
        switch self {
        case .string(let text): [text]
        case .secret(let secret): [secret.reveal()]
        case .integer(let number): [String(number)]
        case .list(let items):
            items.reduce(into: Optional([])) { texts, item in
                if case .string(let text) = item { texts?.append(text) } else { texts = nil }
            }
        default: nil
        }
    }
}
