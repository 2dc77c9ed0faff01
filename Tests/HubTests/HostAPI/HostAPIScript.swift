import LuaSandbox
import Testing

@testable import Hub

/// Runs scripts in a fresh state with `json`, `text`, `time` and `system`, and with `note(...)` that records values.
final class HostAPIScript {
    let sandbox: Sandbox
    /// What was noted, as Lua expressions.
    private(set) var notes: [String] = []

    init() throws {
        sandbox = try Sandbox(limits: .init())
        sandbox.setOwner(self)
        sandbox.setUp({ $0.push(Self.note) }, name: "note")
        install(JSONAPI.functions, as: "json") { $0.pushPointer(JSONAPI.nullAddress) }
        install(TextAPI.functions, as: "text") { $0.pushNil() }
        install(TimeAPI.functions, as: "time") { $0.pushNil() }
        install(SystemAPI.functions, as: "system") { $0.pushNil() }
        try run(TextAPI.prelude)
        sandbox.armMemoryLimit()
    }

    private func install(
        _ functions: [(name: String, function: HostFunction)],
        as name: String,
        null: (inout Plan) -> Void
    ) {
        sandbox.setUp(
            { plan in
                plan.beginTable()
                for (name, function) in functions { plan.field(name) { $0.push(function) } }
                plan.field("null", null)
            },
            name: name
        )
    }

    private static let note: HostFunction = { state in
        guard let call = HostCall(state), let script = call.owner(as: HostAPIScript.self) else { return 0 }
        for index in 1..<(call.count + 1) {
            var reader = LuaValueReader(call)
            script.notes.append((try? reader.read(index).expression) ?? "unreadable")
        }
        return 0
    }

    /// Runs a script with one string as its argument, and throws what it raises.
    func run(_ source: String, with argument: [UInt8]? = nil) throws {
        var budget = RunBudget(cpuLimit: .seconds(10))
        let chunk = try sandbox.load(Array(source.utf8), chunkName: "test.lua")
        defer { sandbox.release(chunk) }
        var plan = Plan()
        if let argument { plan.push(argument) }
        let fiber = try sandbox.makeFiber(chunk)
        defer { sandbox.discard(fiber) }
        if case .failed(let error) = sandbox.resume(fiber, with: plan, budget: &budget) { throw error }
    }

    /// The values that a script notes in a fresh state.
    static func notes(_ source: String, with argument: [UInt8]? = nil) throws -> [String] {
        let script = try HostAPIScript()
        try script.run(source, with: argument)
        return script.notes
    }

    /// What a script raises; nil when it does not.
    static func error(_ source: String, with argument: [UInt8]? = nil) throws -> String? {
        do {
            _ = try notes(source, with: argument)
            return nil
        } catch let error as SandboxError {
            return error.description
        }
    }
}

extension LuaValue {
    /// The value as a Lua expression, with `null` for `json.null`.
    fileprivate var expression: String {
        switch self {
        case .nil: "nil"
        case .boolean(let value): value.description
        case .integer(let value): value.description
        case .number(let value): value.description
        case .string(let bytes): "\"\(String(decoding: bytes, as: UTF8.self))\""
        case .pointer(let address): address == JSONAPI.nullAddress ? "null" : "pointer"
        case .opaque(let name): name
        case .table(let items, let fields):
            "{"
                + (items.map(\.expression) + fields.map { "\($0.key.expression): \($0.value.expression)" }.sorted())
                .joined(separator: ", ") + "}"
        }
    }
}
