import LuaSandbox

/// Misuse of a function by the script; raised at the caller's line.
struct MisuseError: Error {
    let text: String
}

/// Reads the table of options that a function takes; every key must be known.
struct OptionReader {
    /// Seconds; no run takes as long.
    static let longestTime = 86_400

    private let name: String
    private let fields: [LuaValue.Field]
    private var known: Set<String> = []

    /// The options at `index`; nil counts as none.
    init(_ call: HostCall, _ index: Int, function name: String) throws(MisuseError) {
        var reader = LuaValueReader(call)
        let value: LuaValue
        do throws(CopyError) {
            value = index > call.count ? .nil : try reader.read(index)
        } catch {
            throw MisuseError(text: "\(name): \(error.text)")
        }
        try self.init(value, function: name)
    }

    init(_ value: LuaValue, function name: String) throws(MisuseError) {
        self.name = name
        switch value {
        case .nil: fields = []
        case .table(let items, let fields) where items.isEmpty: self.fields = fields
        case .table: throw MisuseError(text: "\(name): options must have names")
        default: throw MisuseError(text: "\(name): options must be a table, got a \(value.typeName)")
        }
    }

    private mutating func value(_ key: String) -> LuaValue? {
        known.insert(key)
        guard let value = fields.first(where: { $0.key.isString(key) })?.value, value != .nil else { return nil }
        return value
    }

    private func misuse(_ key: String, _ expected: String, _ value: LuaValue) -> MisuseError {
        MisuseError(text: "\(name): \(key) must be \(expected), got a \(value.typeName)")
    }

    /// A refusal in the name of the function.
    func refusal(_ text: String) -> MisuseError { MisuseError(text: "\(name): \(text)") }

    mutating func bytes(_ key: String) throws(MisuseError) -> [UInt8]? {
        guard let value = value(key) else { return nil }
        guard case .string(let bytes) = value else { throw misuse(key, "a string", value) }
        return bytes
    }

    mutating func string(_ key: String) throws(MisuseError) -> String? {
        guard let bytes = try bytes(key) else { return nil }
        guard bytes.count <= HostCall.textLimit else {
            throw MisuseError(text: "\(name): \(key) must have at most \(HostCall.textLimit) bytes")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw MisuseError(text: "\(name): \(key) must be UTF-8")
        }
        return text
    }

    /// A text, or an integer as one.
    mutating func word(_ key: String) throws(MisuseError) -> String? {
        if case .integer(let number)? = value(key) { return String(number) }
        return try string(key)
    }

    mutating func boolean(_ key: String) throws(MisuseError) -> Bool? {
        guard let value = value(key) else { return nil }
        guard case .boolean(let flag) = value else { throw misuse(key, "true or false", value) }
        return flag
    }

    /// Seconds above 0.
    mutating func seconds(_ key: String) throws(MisuseError) -> Double? {
        guard let value = value(key) else { return nil }
        let seconds: Double
        switch value {
        case .integer(let number): seconds = Double(number)
        case .number(let number): seconds = number
        default: throw misuse(key, "a number of seconds", value)
        }
        guard seconds > 0, seconds <= Double(Self.longestTime) else {
            throw MisuseError(text: "\(name): \(key) must be above 0 and at most \(Self.longestTime) seconds")
        }
        return seconds
    }

    mutating func integer(_ key: String, in range: ClosedRange<Int>) throws(MisuseError) -> Int? {
        guard let value = value(key) else { return nil }
        guard case .integer(let number) = value else { throw misuse(key, "an integer", value) }
        guard range.contains(number) else {
            throw MisuseError(text: "\(name): \(key) must be from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// Names and texts, sorted by name.
    mutating func texts(_ key: String) throws(MisuseError) -> [(name: String, value: String)]? {
        guard let value = value(key) else { return nil }
        guard case .table(let items, let fields) = value, items.isEmpty else { throw misuse(key, "a table", value) }
        var texts: [(name: String, value: String)] = []
        for field in fields {
            guard let name = field.key.string, let text = Self.text(field.value) else {
                throw MisuseError(text: "\(self.name): \(key) must be names with texts")
            }
            texts.append((name, text))
        }
        return texts.sorted { $0.name < $1.name }
    }

    private static func text(_ value: LuaValue) -> String? {
        switch value {
        case .string(let bytes): String(validating: bytes, as: UTF8.self)
        case .integer(let number): String(number)
        default: nil
        }
    }

    mutating func list(_ key: String) throws(MisuseError) -> [String]? {
        guard let value = value(key) else { return nil }
        guard case .table(let items, let fields) = value, fields.isEmpty else { throw misuse(key, "a list", value) }
        var list: [String] = []
        for item in items {
            guard let text = item.string else { throw misuse(key, "a list of strings", item) }
            list.append(text)
        }
        return list
    }

    mutating func options(_ key: String) throws(MisuseError) -> OptionReader? {
        guard let value = value(key) else { return nil }
        return try OptionReader(value, function: "\(name): \(key)")
    }

    /// Refuses keys that nobody asked for.
    func finish() throws(MisuseError) {
        for field in fields where !known.contains(field.key.string ?? "") {
            throw MisuseError(text: "\(name): unknown option \"\(field.key.string ?? field.key.typeName)\"")
        }
    }
}

extension HostCall {
    /// Runs the body of a host function; misuse is raised at the caller's line.
    static func run(
        _ state: OpaquePointer?,
        _ body: (HostCall, PluginInstance) throws(MisuseError) -> Int32
    ) -> Int32 {
        guard let call = HostCall(state), let instance = call.owner(as: PluginInstance.self) else { return 0 }
        do throws(MisuseError) {
            return try body(call, instance)
        } catch {
            return call.fail(error.text)
        }
    }

    func requiredString(_ index: Int, of name: String) throws(MisuseError) -> String {
        guard type(index) == .string, let text = string(index) else {
            throw MisuseError(text: "bad argument #\(index) to '\(name)' (string expected, got \(found(index)))")
        }
        return text
    }

    /// Seconds above 0; nil where the argument is absent.
    func timeout(_ index: Int, of name: String) throws(MisuseError) -> Double? {
        if type(index) == .none || type(index) == .nil { return nil }
        guard let seconds = number(index), seconds > 0, seconds <= Double(OptionReader.longestTime) else {
            throw MisuseError(text: "\(name): timeout must be above 0 and at most \(OptionReader.longestTime) seconds")
        }
        return seconds
    }

    /// `number` is what the script calls the argument, where an object comes before it.
    func requiredBytes(_ index: Int, of name: String, number: Int? = nil) throws(MisuseError) -> [UInt8] {
        guard type(index) == .string, let bytes = bytes(index) else {
            throw MisuseError(
                text: "bad argument #\(number ?? index) to '\(name)' (string expected, got \(typeName(index)))"
            )
        }
        return [UInt8](bytes)
    }
}
