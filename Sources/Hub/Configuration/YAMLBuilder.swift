/// Builds nodes from events; a pure state machine without recursion, so that depth costs no stack.
struct YAMLBuilder {
    /// Deeper than any configuration needs, shallow enough to walk recursively.
    static let maximumDepth = 32
    /// Far beyond any real file; bounds the memory of one that is all commas.
    static let maximumNodes = 100_000

    /// The value of the document, once it is closed.
    private(set) var root: YAMLNode?
    /// Keys given twice; the first one counts, so that the rest of the file can be checked too.
    private(set) var duplicates: [ConfigurationProblem] = []

    private var open: [OpenCollection] = []
    private var nodes = 0
    private var documents = 0

    /// Takes the next event; throws for what a configuration may not contain, with the line but no path.
    mutating func add(_ event: YAMLEvent) throws(ConfigurationError) {
        try refuse(event)
        switch event.kind {
        case .streamStart, .streamEnd, .documentEnd:
            return
        case .documentStart:
            documents += 1
            guard documents == 1 else {
                throw ConfigurationError(line: event.line, "a second document starts here, only one is allowed")
            }
        case .alias(let name):
            throw ConfigurationError(line: event.line, "aliases (\"*\(name)\") are not supported, write the value out")
        case .scalar(let scalar):
            try place(scalar, of: event)
        case .sequenceStart:
            try start(OpenCollection(isMapping: false, line: event.line, column: event.column))
        case .mappingStart:
            try start(OpenCollection(isMapping: true, line: event.line, column: event.column))
        case .collectionEnd:
            guard let closed = open.popLast() else { return }
            place(closed.node)
        }
    }

    private func refuse(_ event: YAMLEvent) throws(ConfigurationError) {
        if let anchor = event.anchor {
            throw ConfigurationError(
                line: event.line,
                "anchors (\"&\(anchor)\") are not supported, write the value out where it is used"
            )
        }
        if let tag = event.tag {
            throw ConfigurationError(line: event.line, "tags (\"\(tag)\") are not supported")
        }
    }

    private mutating func start(_ collection: OpenCollection) throws(ConfigurationError) {
        if let parent = open.last, parent.isMapping, parent.key == nil {
            throw ConfigurationError(line: collection.line, "a key must be text, got \(collection.node.summary)")
        }
        guard open.count < Self.maximumDepth else {
            throw ConfigurationError(line: collection.line, "is nested deeper than \(Self.maximumDepth) levels")
        }
        try count(line: collection.line)
        open.append(collection)
    }

    private mutating func place(_ scalar: YAMLScalar, of event: YAMLEvent) throws(ConfigurationError) {
        try count(line: event.line)
        guard !scalar.text.utf8.contains(0) else {
            throw ConfigurationError(line: event.line, "text must not contain a NUL character")
        }
        guard let last = open.indices.last, open[last].isMapping, open[last].key == nil else {
            place(YAMLNode(line: event.line, column: event.column, content: .scalar(scalar)))
            return
        }
        if scalar.text == "<<", scalar.style == .plain {
            throw ConfigurationError(line: event.line, "merge keys (\"<<\") are not supported, write the keys out")
        }
        open[last].key = OpenCollection.Key(text: scalar.text, line: event.line, column: event.column)
    }

    private mutating func place(_ node: YAMLNode) {
        guard let last = open.indices.last else {
            root = node
            return
        }
        if let (key, line) = open[last].add(node) {
            let text = "key \(ConfigurationText.quote(key.text)) is already given in line \(line)"
            duplicates.append(ConfigurationProblem(path: nil, line: key.line, text: text))
        }
    }

    private mutating func count(line: Int) throws(ConfigurationError) {
        nodes += 1
        guard nodes <= Self.maximumNodes else {
            throw ConfigurationError(line: line, "has more than \(Self.maximumNodes) values")
        }
    }
}

/// A list or map whose end has not been read yet.
private struct OpenCollection {
    struct Key {
        var text: String
        var line: Int
        var column: Int
    }

    let isMapping: Bool
    let line: Int
    let column: Int
    /// The key whose value comes next.
    var key: Key?

    private var items: [YAMLNode] = []
    private var entries: [YAMLEntry] = []
    private var lines: [String: Int] = [:]

    init(isMapping: Bool, line: Int, column: Int) {
        self.isMapping = isMapping
        self.line = line
        self.column = column
    }

    var node: YAMLNode {
        YAMLNode(line: line, column: column, content: isMapping ? .mapping(entries) : .sequence(items))
    }

    /// Appends an item or the value of the pending key; returns a repeated key and the line of its first use.
    mutating func add(_ node: YAMLNode) -> (Key, Int)? {
        guard let key else {
            items.append(node)
            return nil
        }
        self.key = nil
        if let line = lines[key.text] { return (key, line) }
        lines[key.text] = key.line
        entries.append(YAMLEntry(key: key.text, line: key.line, column: key.column, value: node))
        return nil
    }
}
