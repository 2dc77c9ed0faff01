import LuaSandbox
import NIOCore
import Telnet

/// `telnet`: sessions at the command line of a router or server.
enum TelnetAPI {
    static let port = 23

    static let functions: [(name: String, function: HostFunction)] = [("telnet", open), ("telnet_command", command)]

    private static let open: HostFunction = { state in
        HostCall.run(state) { call, instance throws(MisuseError) in
            let address = try call.requiredString(1, of: "telnet.open")
            var reader = try OptionReader(call, 2, function: "telnet.open")
            let port = try reader.integer("port", in: 1...65535) ?? TelnetAPI.port
            guard let endpoint = Endpoint(address, defaultPort: port) else {
                throw MisuseError(text: "telnet.open: \"\(address.prefix(80))\" is not a host or host:port")
            }
            let session = try session(&reader)
            let times = (timeout: try reader.seconds("timeout"), idleTimeout: try reader.seconds("idle_timeout"))
            try reader.finish()
            try instance.checkRoom()
            return instance.suspend(call, "telnet.open") { [unowned instance] handle in
                let attempt = instance.dial(endpoint, for: handle.run, timeout: times.timeout) {
                    [weak instance] result in
                    guard let instance else { return }
                    switch result {
                    case .failure(let error): handle.finish(error.result)
                    case .success(let stream):
                        let identity = (id: instance.connections.newID(), place: "\(endpoint)")
                        let connection = TelnetConnection(
                            stream,
                            session,
                            eventLoop: instance.eventLoop,
                            identity: identity,
                            times: times
                        )
                        login(connection, instance, handle)
                    }
                }
                handle.onCancel = { attempt.cancel() }
            }
        }
    }

    private static func login(_ connection: TelnetConnection, _ instance: PluginInstance, _ handle: OperationHandle) {
        instance.connections.insert(connection, run: handle.run, of: instance)
        handle.onCancel = { connection.close() }
        connection.login(handle.run) { result in
            switch result {
            case .failure(let error): handle.finish(error.result)
            case .success:
                var plan = Plan()
                plan.push(connection.id)
                plan.beginTable(fields: 2)
                plan.field("banner") { $0.push(connection.banner) }
                plan.field("address") { $0.push(connection.place) }
                handle.finish(.values(plan))
            }
        }
    }

    private static func session(_ reader: inout OptionReader) throws(MisuseError) -> TelnetSession {
        var options = TelnetOptions()
        if let username = try reader.string("username"), !username.isEmpty { options.username = username }
        options.password = try reader.string("password") ?? ""
        if let password = try reader.string("admin_password"), !password.isEmpty {
            options.administratorPassword = password
        }
        if let prompt = try reader.string("prompt"), !prompt.isEmpty { options.prompt = prompt }
        options.columns = try reader.integer("columns", in: 0...65535) ?? options.columns
        if let terminal = try reader.string("terminal") { options.terminal = terminal }
        if let name = try reader.string("charset") {
            guard let charset = CharsetChoice(named: name) else {
                throw MisuseError(text: "telnet.open: charset must be auto, ascii, shift_jis, euc-jp or utf-8")
            }
            options.charset = charset
        }
        do throws(TelnetError) { return try TelnetSession(options) } catch {
            throw MisuseError(text: "telnet.open: \(error.text)")
        }
    }

    private static let command: HostFunction = { state in
        HostCall.run(state) { call, instance throws(MisuseError) in
            let text = try call.requiredString(2, of: "command")
            var reader = try OptionReader(call, 3, function: "command")
            let timeout = try reader.seconds("timeout")
            try reader.finish()
            guard let connection = try instance.connection(call, as: TelnetConnection.self) else {
                return call.answer(failure: "session is closed")
            }
            return instance.suspend(call, "command") { connection.command(text, timeout: timeout, $0) }
        }
    }
}
