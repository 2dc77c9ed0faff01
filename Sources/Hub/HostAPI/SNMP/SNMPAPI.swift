import LuaSandbox
import NIOCore
import SNMP

/// `snmp`: asks agents for objects, subtrees and tables.
enum SNMPAPI {
    /// Objects of one get, and columns of one table.
    static let nameLimit = (get: 1000, table: 100)

    /// What the prelude builds on.
    static let functions: [(name: String, function: HostFunction)] = [
        ("get", get), ("walk", walk), ("table", table), ("piece", piece),
    ]

    /// `snmp.get(target, oids, options)`: the values by the keys of the names.
    private static let get: HostFunction = { state in
        HostCall.run(state) { call, instance throws(MisuseError) in
            let names = try SNMPNames.read(call, of: "snmp.get", "oids", limit: nameLimit.get)
            let agent = try instance.agent(call, of: "snmp.get")
            return instance.suspend(call, "snmp.get") { [unowned instance] handle in
                let run = handle.run
                run.transcript?.note("snmp >", "get \(names.list) of \(agent.endpoint)")
                let operation = instance.snmp.get(names.map(\.name), from: agent, for: run) { result in
                    switch result {
                    case .failure(let failure):
                        run.transcript?.note("snmp <", failure.text)
                        handle.finish(failure.result)
                    case .success(let bindings):
                        run.transcript?.note("snmp <", "\(bindings.count) objects of \(agent.endpoint)")
                        handle.finish(.values(values(bindings, names)))
                    }
                }
                handle.onCancel = { operation.cancel() }
            }
        }
    }

    private static func values(_ bindings: [VariableBinding], _ names: [NamedObject]) -> Plan {
        let values = Dictionary(bindings.map { ($0.name, $0.value) }) { first, _ in first }
        var plan = Plan()
        plan.beginTable(fields: names.count)
        for (key, name) in names {
            guard let value = values[name], !value.isMissing else { continue }
            plan.field(key) { $0.push(value) }
        }
        return plan
    }

    /// `snmp.walk(target, root, options)`: a number for `piece`.
    private static let walk: HostFunction = { state in
        HostCall.run(state) { call, instance throws(MisuseError) in
            let root = try SNMPNames.object(call.requiredString(2, of: "snmp.walk"), "snmp.walk: root")
            let agent = try instance.agent(call, of: "snmp.walk")
            return instance.suspend(call, "snmp.walk") { [unowned instance] handle in
                handle.run.transcript?.note("snmp >", "walk \(root) of \(agent.endpoint)")
                SNMPWalks([root], of: agent, instance, handle) { SNMPResult(list: $0) }.start()
            }
        }
    }

    /// `snmp.table(target, columns, options)`: a number for `piece`.
    private static let table: HostFunction = { state in
        HostCall.run(state) { call, instance throws(MisuseError) in
            let columns = try SNMPNames.read(call, of: "snmp.table", "columns", limit: nameLimit.table)
            let agent = try instance.agent(call, of: "snmp.table")
            return instance.suspend(call, "snmp.table") { [unowned instance] handle in
                handle.run.transcript?.note("snmp >", "table \(columns.list) of \(agent.endpoint)")
                SNMPWalks(columns.map(\.name), of: agent, instance, handle) { SNMPResult(rows: $0, of: columns) }
                    .start()
            }
        }
    }

    /// The next values of an answer; nothing at the end.
    private static let piece: HostFunction = { state in
        HostCall.run(state) { call, instance in
            guard let run = instance.currentRun, let number = call.integer(1) else { return 0 }
            guard let plan = run.kept(number)?.piece() else {
                run.forget(number)
                return 0
            }
            return call.answer(plan)
        }
    }

    typealias NamedObject = (key: SNMPKey, name: ObjectIdentifier)
}

extension PluginInstance {
    /// The agent that the first argument names, asked as the third one says.
    fileprivate func agent(_ call: HostCall, of name: String) throws(MisuseError) -> SNMPAgent {
        let arguments = try SNMPArguments(call, options: 3, of: name)
        for secret in arguments.secrets {
            guard secrets.insertOfScript(secret) else {
                let limit = SecretRegistry.scriptLimit
                throw MisuseError(
                    text:
                        "\(name): more than \(limit.count) different passwords, or one of more than \(limit.bytes) bytes"
                )
            }
        }
        return SNMPAgent(
            endpoint: arguments.endpoint,
            credentials: arguments.credentials,
            options: arguments.options
        )
    }
}

extension [SNMPAPI.NamedObject] {
    fileprivate var list: String { map { $0.name.description }.joined(separator: " ") }
}
