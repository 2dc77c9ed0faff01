import Exposition
import LuaSandbox

/// `gauge`, `counter` and their like, `family`, and what their handles do.
enum FamilyAPI {
    static let declarations: [(name: String, function: HostFunction)] = [
        ("counter", { declare($0, .counter) }), ("family", { declareByName($0) }), ("gauge", { declare($0, .gauge) }),
        ("histogram", { declare($0, .histogram) }), ("info", { declare($0, .info) }),
        ("stateset", { declare($0, .stateset) }), ("summary", { declare($0, .summary) }),
        ("untyped", { declare($0, .untyped) }),
    ]

    /// `kind(name, help, {label names})` at the top level.
    private static func declare(_ state: OpaquePointer?, _ kind: MetricKind) -> Int32 {
        guard let call = HostCall(state), let instance = call.owner(as: PluginInstance.self) else { return 0 }
        guard instance.currentRun == nil else {
            return call.fail("\(kind.rawValue): families are declared at the top level; in collect use family()")
        }
        return declare(call, instance, kind, firstArgument: 1)
    }

    /// `family(kind, name, help, {label names})` for names that are known only at run time.
    private static func declareByName(_ state: OpaquePointer?) -> Int32 {
        guard let call = HostCall(state), let instance = call.owner(as: PluginInstance.self) else { return 0 }
        guard let kind = call.string(1).flatMap(MetricKind.init(rawValue:)) else {
            return call.fail(
                "family: kind must be one of \(MetricKind.allCases.map(\.rawValue).joined(separator: ", "))"
            )
        }
        return declare(call, instance, kind, firstArgument: 2)
    }

    private static func declare(
        _ call: HostCall,
        _ instance: PluginInstance,
        _ kind: MetricKind,
        firstArgument: Int
    ) -> Int32 {
        guard instance.declaration != nil else { return call.fail("\(kind.rawValue): plugin { ... } must come first") }
        guard let name = call.string(firstArgument) else {
            return call.badArgument(firstArgument, to: kind.rawValue, expected: "string")
        }
        guard let help = call.string(firstArgument + 1) else {
            return call.badArgument(firstArgument + 1, to: kind.rawValue, expected: "string")
        }
        var reader = LuaValueReader(call)
        var names: [String] = []
        if call.count >= firstArgument + 2, call.type(firstArgument + 2) != .nil {
            guard case .table(let items, let fields)? = try? reader.read(firstArgument + 2), fields.isEmpty else {
                return call.fail("\(kind.rawValue): label names must be a list")
            }
            names = items.compactMap(\.string)
            guard names.count == items.count else { return call.fail("\(kind.rawValue): label names must be strings") }
        }
        do {
            let descriptor = FamilyDescriptor(name: name, kind: kind, help: help)
            let index = try instance.registry.declare(descriptor, labelNames: names, again: firstArgument == 2)
            instance.currentRun?.makeRoom(for: index, instance.registry)
            var plan = Plan()
            plan.push(emit, context: index)
            return call.answer(plan)
        } catch {
            return call.fail("\(kind.rawValue): \(error.text)")
        }
    }

    /// A handle: `handle(value, label values...)` or `handle(value, {name = value})`.
    private static let emit: HostFunction = { state in
        guard let call = HostCall(state), let instance = call.owner(as: PluginInstance.self) else { return 0 }
        return instance.emit(call, family: call.context)
    }
}

extension CollectRun {
    /// Adds blocks for families that were declared during the run.
    func makeRoom(for index: Int, _ registry: FamilyRegistry) {
        while blocks.count <= index { blocks.append(FamilyBlock(registry.families[blocks.count].descriptor)) }
    }
}
