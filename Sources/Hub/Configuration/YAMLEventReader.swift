import CYAML

/// What libyaml's parser reports, reduced to what a configuration may contain.
struct YAMLEvent {
    enum Kind {
        case streamStart
        case streamEnd
        case documentStart
        case documentEnd
        case alias(name: String)
        case scalar(YAMLScalar)
        case sequenceStart
        case mappingStart
        case collectionEnd
    }

    var kind: Kind
    /// Counted from 1, as is `column`.
    var line: Int
    var column: Int
    var anchor: String?
    var tag: String?
    /// Whether a collection starts in flow style: `[` or `{`.
    var isFlow = false
}

/// Reads libyaml's events one by one.
///
/// The bytes belong to the caller and must outlive the reader.
struct YAMLEventReader: ~Copyable {
    /// On the heap because libyaml keeps the address of the parser inside it.
    private let parser: UnsafeMutablePointer<yaml_parser_t>

    /// Fails when libyaml cannot allocate its buffers.
    init?(bytes: UnsafeBufferPointer<UInt8>) {
        parser = .allocate(capacity: 1)
        guard yaml_parser_initialize(parser) == 1 else {
            parser.deallocate()
            return nil
        }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    /// The next event; the error has libyaml's words and the line, but no path.
    func next() throws(ConfigurationError) -> YAMLEvent {
        var raw = yaml_event_t()
        guard yaml_parser_parse(parser, &raw) == 1 else { throw failure() }
        defer { yaml_event_delete(&raw) }
        return YAMLEvent(raw)
    }

    private func failure() -> ConfigurationError {
        let state = parser.pointee
        let problem = state.problem.map { String(cString: $0) } ?? "is not valid YAML"
        let line = Int(state.problem_mark.line) + 1
        guard let context = state.context.map({ String(cString: $0) }) else {
            return ConfigurationError(line: line, problem)
        }
        let start = Int(state.context_mark.line) + 1
        let place = start == line ? "" : " that starts in line \(start)"
        return ConfigurationError(line: line, "\(problem) \(context)\(place)")
    }
}

extension YAMLEvent {
    fileprivate init(_ raw: yaml_event_t) {
        line = Int(raw.start_mark.line) + 1
        column = Int(raw.start_mark.column) + 1
        switch raw.type {
        case YAML_DOCUMENT_START_EVENT:
            kind = .documentStart
        case YAML_DOCUMENT_END_EVENT:
            kind = .documentEnd
        case YAML_ALIAS_EVENT:
            kind = .alias(name: text(raw.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT:
            kind = .scalar(YAMLScalar(raw))
            anchor = text(raw.data.scalar.anchor)
            tag = text(raw.data.scalar.tag)
        case YAML_SEQUENCE_START_EVENT:
            kind = .sequenceStart
            anchor = text(raw.data.sequence_start.anchor)
            tag = text(raw.data.sequence_start.tag)
        case YAML_MAPPING_START_EVENT:
            kind = .mappingStart
            anchor = text(raw.data.mapping_start.anchor)
            tag = text(raw.data.mapping_start.tag)
            isFlow = raw.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT:
            kind = .collectionEnd
        case YAML_STREAM_START_EVENT:
            kind = .streamStart
        default:
            kind = .streamEnd
        }
    }
}

extension YAMLScalar {
    fileprivate init(_ raw: yaml_event_t) {
        let scalar = raw.data.scalar
        text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
        style = scalar.style == YAML_PLAIN_SCALAR_STYLE ? .plain : .quoted
    }
}

private func text(_ pointer: UnsafeMutablePointer<UInt8>?) -> String? {
    pointer.map { String(cString: $0) }
}
