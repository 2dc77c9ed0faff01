/// Reads one module file from beginning to end, checks all of it and keeps of each module its place only.
struct ModuleScanner {
    /// Where a module stands.
    struct Place: Sendable, Equatable {
        /// Of its key, counted from 1.
        let line: Int
        /// The bytes that hold its key and value and nothing else; nil where only the whole file makes sense of it.
        let bytes: Range<Int>?
    }

    /// What a file holds.
    struct Contents: Sendable {
        /// Whether its modules have their credentials in them, as before 0.23.
        var isOldFormat = false
        var modules: [(name: String, place: Place)] = []
        var auths: [(name: String, line: Int, auth: SNMPAuth)] = []
        /// The module that was asked for.
        var kept: SNMPModule?
    }

    let problems: ModuleProblems
    private let wanted: String?
    private var contents = Contents()
    private var builder: AnchoredBuilder
    private var lines: [String: Int] = [:]
    /// Modules whose end has not been found yet, by what is known of them.
    private var spans: [(name: String, first: Int, last: Int, isWhole: Bool)] = []

    private init(_ problems: ModuleProblems, wanted: String?) {
        self.problems = problems
        self.wanted = wanted
        builder = AnchoredBuilder(problems)
    }

    /// Reads a file; what is wrong is in `problems` afterwards.
    ///
    /// `wanted` names a module to decode and keep.
    static func scan(
        _ bytes: UnsafeBufferPointer<UInt8>,
        keeping wanted: String? = nil,
        _ problems: ModuleProblems
    ) -> Contents {
        var scanner = ModuleScanner(problems, wanted: wanted)
        scanner.contents.isOldFormat = !hasNewFormat(bytes)
        do throws(ConfigurationError) {
            guard String(validating: bytes, as: UTF8.self) != nil else {
                throw ConfigurationError(
                    line: ConfigurationText.lineOfInvalidUTF8([UInt8](bytes)),
                    "is not valid UTF-8"
                )
            }
            guard let reader = YAMLEventReader(bytes: bytes) else {
                throw ConfigurationError("cannot be parsed, out of memory")
            }
            try scanner.read(reader)
        } catch {
            problems.report(error)
        }
        scanner.findPlaces(bytes)
        return scanner.contents
    }

    /// Decodes a module from the bytes of its place.
    static func module(
        _ bytes: UnsafeBufferPointer<UInt8>,
        isOldFormat: Bool,
        _ problems: ModuleProblems
    ) -> SNMPModule? {
        do throws(ConfigurationError) {
            guard let reader = YAMLEventReader(bytes: bytes) else {
                throw ConfigurationError("cannot be parsed, out of memory")
            }
            var builder = AnchoredBuilder(problems)
            while true {
                let event = try reader.next()
                if let node = try builder.add(event) {
                    guard let entry = node.entries?.first else { return nil }
                    return ModuleDecoder(problems, isOldFormat: isOldFormat).module(entry)
                }
                if case .streamEnd = event.kind { return nil }
            }
        } catch {
            problems.report(error)
            return nil
        }
    }

    /// Whether a line begins with one of the keys that only the new format has at the top.
    private static func hasNewFormat(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let keys = ["auths:", "modules:"].map { Array($0.utf8) }
        var isLineStart = true
        for place in bytes.indices {
            if isLineStart, keys.contains(where: { bytes[place...].starts(with: $0) }) { return true }
            isLineStart = bytes[place] == UInt8(ascii: "\n")
            // A file in flow style has them in its first line.
            if place < 2, bytes[place] == UInt8(ascii: "{") {
                let line = bytes[place...].prefix { $0 != UInt8(ascii: "\n") }
                return keys.contains { key in line.indices.contains { line[$0...].starts(with: key) } }
            }
        }
        return false
    }

    // MARK: The top of the file

    private mutating func read(_ reader: borrowing YAMLEventReader) throws(ConfigurationError) {
        var event = try reader.next()
        var documents = 0
        while true {
            switch event.kind {
            case .streamEnd: return
            case .documentStart:
                documents += 1
                guard documents == 1 else {
                    throw ConfigurationError(line: event.line, "a second document starts here, only one is allowed")
                }
            case .mappingStart:
                try readTop(reader, isFlow: event.isFlow)
            case .scalar(let scalar) where scalar.isNull: break
            case .scalar, .sequenceStart, .alias:
                throw ConfigurationError(line: event.line, "the file must be a map of modules")
            default: break
            }
            event = try reader.next()
        }
    }

    private mutating func readTop(
        _ reader: borrowing YAMLEventReader,
        isFlow: Bool
    ) throws(ConfigurationError) {
        if contents.isOldFormat { return try readModules(reader, isFlow: isFlow) }
        var known: Set<String> = []
        while let (key, line) = try nextKey(reader) {
            if !known.insert(key).inserted {
                problems.report(line, "key \(ConfigurationText.quote(key)) is given twice")
            }
            let event = try reader.next()
            switch (key, event.kind) {
            case ("modules", .mappingStart): try readModules(reader, isFlow: event.isFlow || event.anchor != nil)
            case ("modules", _), ("auths", _), ("version", _):
                let value = try value(from: event, reader)
                readTop(key, value, line)
            default:
                let suggestion = Spelling.suggestion(for: key, in: ["auths", "modules", "version"])
                problems.report(line, "unknown key \(ConfigurationText.quote(key))\(suggestion)")
                _ = try value(from: event, reader)
            }
        }
    }

    private mutating func readTop(_ key: String, _ value: YAMLNode, _ line: Int) {
        let values = ModuleValues(problems: problems)
        switch key {
        case "version":
            let entry = YAMLEntry(key: key, line: line, column: 1, value: value)
            if !value.isNull { _ = values.integer(entry, in: 0...Int(Int32.max)) }
        case "auths":
            guard let entries = value.entries else {
                return problems.report(line, "auths must be a map, got \(value.summary)")
            }
            for entry in entries {
                contents.auths.append((entry.key, entry.line, AuthDecoder(values: values).auth(entry)))
            }
        default:
            guard let entries = value.entries else {
                return problems.report(line, "modules must be a map, got \(value.summary)")
            }
            for entry in entries { take(entry) }
            spans += entries.map { ($0.key, $0.line, $0.line, true) }
        }
    }

    // MARK: Modules

    private mutating func readModules(
        _ reader: borrowing YAMLEventReader,
        isFlow: Bool
    ) throws(ConfigurationError) {
        var open: (name: String, line: Int, isWhole: Bool)?
        while true {
            let event = try reader.next()
            if let (name, line, isWhole) = open { spans.append((name, line, event.line, isWhole)) }
            open = nil
            if case .collectionEnd = event.kind { return }
            guard case .scalar(let scalar) = event.kind else {
                throw ConfigurationError(line: event.line, "the name of a module must be text")
            }
            if scalar.text == "<<", scalar.style == .plain {
                throw ConfigurationError(line: event.line, "merge keys (\"<<\") are not supported among modules")
            }
            builder.sawAlias = false
            let value = try value(from: try reader.next(), reader)
            if let line = lines[scalar.text] {
                let name = ConfigurationText.quote(scalar.text)
                problems.report(event.line, "module \(name) is already given in line \(line)")
                continue
            }
            lines[scalar.text] = event.line
            take(YAMLEntry(key: scalar.text, line: event.line, column: event.column, value: value))
            open = (scalar.text, event.line, isFlow || builder.sawAlias)
        }
    }

    /// Checks a module; of what it says nothing is kept unless it is the one that is wanted.
    private mutating func take(_ entry: YAMLEntry) {
        guard wanted == nil || wanted == entry.key else { return }
        let module = ModuleDecoder(problems, isOldFormat: contents.isOldFormat).module(entry)
        if wanted != nil { contents.kept = module }
    }

    private func nextKey(_ reader: borrowing YAMLEventReader) throws(ConfigurationError) -> (String, Int)? {
        let event = try reader.next()
        switch event.kind {
        case .collectionEnd: return nil
        case .scalar(let scalar): return (scalar.text, event.line)
        default: throw ConfigurationError(line: event.line, "a key must be text")
        }
    }

    /// The value that begins with an event.
    private mutating func value(
        from first: YAMLEvent,
        _ reader: borrowing YAMLEventReader
    ) throws(ConfigurationError) -> YAMLNode {
        var event = first
        while true {
            if let node = try builder.add(event) { return node }
            event = try reader.next()
            if case .streamEnd = event.kind { throw ConfigurationError(line: event.line, "ends within a value") }
        }
    }

    // MARK: Places

    /// Finds the bytes of the lines that the modules stand in.
    private mutating func findPlaces(_ bytes: UnsafeBufferPointer<UInt8>) {
        var line = 1
        var start = 0
        func offset(ofLine wanted: Int) -> Int {
            while line < wanted, start < bytes.count {
                start = Self.endOfLine(bytes, from: start)
                line += 1
            }
            return start
        }
        for span in spans {
            let first = offset(ofLine: span.first)
            let last = offset(ofLine: span.last)
            let isAlone = !span.isWhole && span.last > span.first
            let place = Place(line: span.first, bytes: isAlone ? first..<max(first, last) : nil)
            contents.modules.append((span.name, place))
        }
    }

    /// The line breaks are those that libyaml counts: LF, CR, CR LF, NEL, LS and PS (YAML 1.1 §4.2).
    private static func endOfLine(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var place = start
        while place < bytes.count {
            switch bytes[place] {
            case 0x0A: return place + 1
            case 0x0D: return place + (place + 1 < bytes.count && bytes[place + 1] == 0x0A ? 2 : 1)
            case 0xC2 where place + 1 < bytes.count && bytes[place + 1] == 0x85: return place + 2
            case 0xE2 where place + 2 < bytes.count && bytes[place + 1] == 0x80 && bytes[place + 2] & 0xFE == 0xA8:
                return place + 3
            default: place += 1
            }
        }
        return place
    }
}
