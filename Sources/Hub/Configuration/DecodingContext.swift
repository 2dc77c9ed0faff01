/// What all parts of one decoding share: the problems found, the secrets met, the references' resolver.
///
/// Lives only while one file is decoded and never leaves that call.
final class DecodingContext {
    let path: String
    let resolver: SecretResolver
    private(set) var problems: [ConfigurationProblem]
    private(set) var secrets = SecretRegistry()

    init(path: String, resolver: SecretResolver, problems: [ConfigurationProblem] = []) {
        self.path = path
        self.resolver = resolver
        self.problems = problems
    }

    /// Decodes a file whose root is a map; the error lists all that is wrong with it.
    ///
    /// - Returns: The secrets in it.
    static func decode(
        _ document: YAMLDocument,
        environment: [String: String],
        _ body: (inout MappingDecoder) -> Void
    ) throws(ConfigurationError) -> SecretRegistry {
        let resolver = SecretResolver(environment: environment)
        let context = DecodingContext(path: document.path, resolver: resolver, problems: document.duplicates)
        if let root = document.root,
            var keys = MappingDecoder(root, named: "the configuration", line: root.line, in: context)
        {
            body(&keys)
            keys.finish()
        }
        guard context.problems.isEmpty else { throw ConfigurationError(context.problems) }
        return context.secrets
    }

    func report(_ line: Int, _ text: String) {
        problems.append(ConfigurationProblem(path: path, line: line, text: text))
    }

    /// Remembers a text that logs and pages must blank.
    func remember(secret text: String) {
        secrets.insert(text)
    }

    /// A scalar with its references replaced; nil after a report.
    ///
    /// What references stood for is remembered as secret where `isPrivate`; elsewhere the value is published anyway.
    func resolve(_ scalar: YAMLScalar, line: Int, isPrivate: Bool = false) -> YAMLScalar? {
        do {
            let resolved = try resolver.resolve(scalar.text)
            if isPrivate { for secret in resolved.secrets { secrets.insert(secret) } }
            return YAMLScalar(text: resolved.text, style: scalar.style, isSecret: resolved.isSecret)
        } catch {
            for problem in error.problems { report(line, problem.text) }
            return nil
        }
    }

    /// A node with all references below it replaced and remembered; what cannot be resolved is reported and left out.
    func resolve(_ node: YAMLNode) -> YAMLNode? {
        var copy = node
        switch node.content {
        case .scalar(let scalar):
            guard let resolved = resolve(scalar, line: node.line, isPrivate: true) else { return nil }
            copy.content = .scalar(resolved)
        case .sequence(let items):
            copy.content = .sequence(items.compactMap { resolve($0) })
        case .mapping(let entries):
            copy.content = .mapping(
                entries.compactMap { entry in
                    guard let value = resolve(entry.value) else { return nil }
                    var resolved = entry
                    resolved.value = value
                    return resolved
                }
            )
        }
        return copy
    }
}
