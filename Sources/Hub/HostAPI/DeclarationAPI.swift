import LuaSandbox

/// `plugin { ... }`, and what the prelude needs of the host.
enum DeclarationAPI {
    static let functions: [(name: String, function: HostFunction)] =
        [("chunk", chunk), ("parallel", ParallelAPI.parallel)] + SystemAPI.functions

    /// Entries of a declaration, and bytes of its texts, which the host keeps.
    private static let declarationLimit = (entries: 10_000, bytes: 256 << 10)

    /// Takes the declaration and answers the checked settings.
    static let plugin: HostFunction = { state in
        guard let call = HostCall(state), let instance = call.owner(as: PluginInstance.self) else { return 0 }
        guard call.type(1) == .table else { return call.badArgument(1, to: "plugin", expected: "table") }
        guard instance.declaration == nil, instance.currentRun == nil else {
            return call.fail("plugin: must be called once, at the top level")
        }
        var values = LuaValueReader(call, limit: Self.declarationLimit)
        var reader = DeclarationReader()
        let table: LuaValue
        do throws(CopyError) { table = try values.read(1) } catch { return call.fail("plugin: \(error.text)") }
        let declaration = reader.read(table)
        let problems = reader.problems.isEmpty ? instance.adopt(declaration) : reader.problems
        guard problems.isEmpty else { return call.fail("plugin: " + problems.joined(separator: "; ")) }
        var plan = Plan()
        plan.push(instance.settings.plugin)
        return call.answer(plan)
    }

    /// Compiles a file of the plugin's own folder; nil when there is none.
    private static let chunk: HostFunction = { state in
        guard let call = HostCall(state), let instance = call.owner(as: PluginInstance.self) else { return 0 }
        guard let file = call.string(1).flatMap(instance.source.file(module:)), file.module != "init" else { return 0 }
        guard file.text.count <= instance.limits.source else {
            return call.fail("\(file.chunkName): source must not be longer than \(instance.limits.source) bytes")
        }
        return call.answer(compiling: file.text, chunkName: file.chunkName)
    }
}
