import LuaSandbox

extension PluginInstance {
    /// Puts the plugin API into the state.
    ///
    /// `host__` is what the prelude builds on; it removes it.
    func installHostAPI() {
        sandbox.setUp(
            { plan in
                Self.push(DeclarationAPI.functions, to: &plan)
                if let tape {
                    for (name, function) in TapeAPI.functions { plan.field(name) { $0.push(function) } }
                    plan.field("replay") { $0.push(tape.isReplay) }
                }
                plan.field("network") { Self.push(Self.networkFunctions, to: &$0) }
                plan.field("snmp") { Self.push(SNMPAPI.functions, to: &$0) }
            },
            name: "host__"
        )
        sandbox.setUp({ Self.push(NameAPI.functions, to: &$0) }, name: "dns")
        sandbox.setUp({ $0.push(ProgramAPI.exec) }, name: "exec")
        for (name, function) in FamilyAPI.declarations {
            sandbox.setUp({ $0.push(function) }, name: name)
        }
        sandbox.setUp({ $0.push(DeclarationAPI.plugin) }, name: "plugin")
        sandbox.setUp({ $0.push(SleepAPI.sleep) }, name: "sleep")
        sandbox.setUp({ $0.beginTable() }, name: "state")
        sandbox.setUp({ Self.push(ExpositionAPI.functions, to: &$0) }, name: "exposition")
        sandbox.setUp({ Self.push(FileSystemAPI.functions, to: &$0) }, name: "fs")
        sandbox.setUp({ Self.push(SNMPHelperAPI.functions + SNMPModuleAPI.functions, to: &$0) }, name: "snmp")
        sandbox.setUp({ Self.push(LogAPI.functions, to: &$0) }, name: "log")
        sandbox.setUp({ Self.push(TextAPI.functions, to: &$0) }, name: "text")
        sandbox.setUp({ Self.push(TimeAPI.functions, to: &$0) }, name: "time")
        sandbox.setUp(
            { plan in
                Self.push(JSONAPI.functions, to: &plan)
                plan.field("null") { $0.pushPointer(JSONAPI.nullAddress) }
            },
            name: "json"
        )
    }

    private static let networkFunctions =
        StreamAPI.functions + DatagramAPI.functions + HTTPAPI.functions + TelnetAPI.functions

    private static func push(_ functions: [(name: String, function: HostFunction)], to plan: inout Plan) {
        plan.beginTable(fields: functions.count + 4)
        for (name, function) in functions { plan.field(name) { $0.push(function) } }
    }
}
