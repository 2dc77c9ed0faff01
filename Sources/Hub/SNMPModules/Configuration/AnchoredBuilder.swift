/// Builds nodes from events as go-yaml reads them: with anchors, aliases, merge keys (`<<`) and the core tags.
///
/// A pure state machine without recursion. Aliases count with all that they stand for, so that a few lines cannot stand
/// for a billion values.
struct AnchoredBuilder {
    static let maximumDepth = 32
    /// Values of one file, aliases written out.
    static let maximumNodes = 4_000_000

    private let problems: ModuleProblems
    private var anchors: [String: (node: YAMLNode, size: Int)] = [:]
    private var open: [OpenNode] = []
    private var nodes = 0
    /// Whether an alias was met since this was last set to false.
    var sawAlias = false

    private static let tags = ["str", "int", "float", "bool", "null", "map", "seq"].map { "tag:yaml.org,2002:\($0)" }

    init(_ problems: ModuleProblems) { self.problems = problems }

    /// Takes the next event of a value; the value, once it is complete.
    mutating func add(_ event: YAMLEvent) throws(ConfigurationError) -> YAMLNode? {
        if let tag = event.tag, !Self.tags.contains(tag), tag != "!" {
            throw ConfigurationError(line: event.line, "tags (\"\(tag)\") are not supported")
        }
        switch event.kind {
        case .streamStart, .streamEnd, .documentStart, .documentEnd: return nil
        case .alias(let name):
            guard let (node, size) = anchors[name] else {
                throw ConfigurationError(line: event.line, "unknown anchor \"*\(name)\"")
            }
            sawAlias = true
            try count(size, line: event.line)
            return try place(node, size: size, line: event.line)
        case .scalar(let scalar):
            try count(1, line: event.line)
            let node = YAMLNode(line: event.line, column: event.column, content: .scalar(scalar))
            if let anchor = event.anchor { anchors[anchor] = (node, 1) }
            return try place(node, size: 1, line: event.line)
        case .sequenceStart: try start(event, isMapping: false)
        case .mappingStart: try start(event, isMapping: true)
        case .collectionEnd:
            guard let closed = open.popLast() else { return nil }
            let node = closed.node(problems)
            if let anchor = closed.anchor { anchors[anchor] = (node, closed.size) }
            return try place(node, size: closed.size, line: closed.line)
        }
        return nil
    }

    private mutating func start(_ event: YAMLEvent, isMapping: Bool) throws(ConfigurationError) {
        guard open.count < Self.maximumDepth else {
            throw ConfigurationError(line: event.line, "is nested deeper than \(Self.maximumDepth) levels")
        }
        try count(1, line: event.line)
        open.append(OpenNode(isMapping: isMapping, event))
    }

    private mutating func place(_ node: YAMLNode, size: Int, line: Int) throws(ConfigurationError) -> YAMLNode? {
        guard let last = open.indices.last else { return node }
        open[last].size += size
        guard open[last].isMapping, open[last].key == nil else {
            open[last].add(node)
            return nil
        }
        guard case .scalar(let scalar) = node.content else {
            throw ConfigurationError(line: line, "a key must be text, got \(node.summary)")
        }
        open[last].key = OpenNode.Key(scalar: scalar, line: line, column: node.column)
        return nil
    }

    private mutating func count(_ size: Int, line: Int) throws(ConfigurationError) {
        nodes += size
        guard nodes <= Self.maximumNodes else {
            throw ConfigurationError(line: line, "has more than \(Self.maximumNodes) values")
        }
    }
}

/// A list or map whose end has not been read yet.
private struct OpenNode {
    struct Key {
        let scalar: YAMLScalar
        let line: Int
        let column: Int

        var isMerge: Bool { scalar.text == "<<" && scalar.style == .plain }
    }

    let isMapping: Bool
    let line: Int
    let column: Int
    let anchor: String?
    var size = 1
    var key: Key?
    private var items: [YAMLNode] = []
    private var entries: [YAMLEntry] = []
    private var merged: [YAMLNode] = []

    init(isMapping: Bool, _ event: YAMLEvent) {
        self.isMapping = isMapping
        line = event.line
        column = event.column
        anchor = event.anchor
    }

    mutating func add(_ node: YAMLNode) {
        guard let key else { return items.append(node) }
        self.key = nil
        if key.isMerge { return merged.append(node) }
        entries.append(YAMLEntry(key: key.scalar.text, line: key.line, column: key.column, value: node))
    }

    /// What it is in the end; keys given twice are reported, and the first one counts.
    func node(_ problems: ModuleProblems) -> YAMLNode {
        guard isMapping else { return YAMLNode(line: line, column: column, content: .sequence(items)) }
        var lines: [String: Int] = [:]
        var all: [YAMLEntry] = []
        all.reserveCapacity(entries.count)
        for entry in entries {
            if let line = lines[entry.key] {
                let key = ConfigurationText.quote(entry.key)
                problems.report(entry.line, "key \(key) is already given in line \(line + problems.lineOffset)")
                continue
            }
            lines[entry.key] = entry.line
            all.append(entry)
        }
        for entry in mergedEntries(problems) where lines.updateValue(entry.line, forKey: entry.key) == nil {
            all.append(entry)
        }
        return YAMLNode(line: line, column: column, content: .mapping(all))
    }

    /// Keys of the map itself, and of earlier merged maps, go before later ones.
    private func mergedEntries(_ problems: ModuleProblems) -> [YAMLEntry] {
        merged.flatMap { node -> [YAMLEntry] in
            switch node.content {
            case .mapping(let entries): return entries
            case .sequence(let maps): return maps.flatMap { $0.entries ?? [] }
            case .scalar:
                problems.report(line, "\"<<\" must be a map or a list of maps, got \(node.summary)")
                return []
            }
        }
    }
}
