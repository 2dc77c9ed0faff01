import LuaSandbox
import NIOCore

/// `tcp` and `unix`: connections with bytes in both directions.
enum StreamAPI {
    /// What the prelude builds the objects on.
    static let functions: [(name: String, function: HostFunction)] = [
        ("tcp", connectTCP), ("unix", connectUnix), ("send", send), ("receive", receive), ("close", close),
        ("closed", closed),
    ]

    private static let connectTCP: HostFunction = { state in
        HostCall.run(state) { call, instance throws(MisuseError) in
            let (endpoint, options) = try endpoint(call, of: "tcp.connect")
            let times = try ConnectionTimes(call, options, of: "tcp.connect")
            return try instance.connect(call, "tcp.connect", "\(endpoint)", times) { run, done in
                instance.dial(endpoint, for: run, timeout: times.timeout, done)
            }
        }
    }

    private static let connectUnix: HostFunction = { state in
        HostCall.run(state) { call, instance throws(MisuseError) in
            let path = try call.requiredString(1, of: "unix.connect")
            let times = try ConnectionTimes(call, 2, of: "unix.connect")
            return try instance.connect(call, "unix.connect", "unix:\(path)", times) { run, done in
                instance.dial(unix: path, for: run, timeout: times.timeout, done)
            }
        }
    }

    /// `name("host:port", options)` or `name(host, port, options)`; also the place of the options.
    static func endpoint(_ call: HostCall, of name: String) throws(MisuseError) -> (Endpoint, options: Int) {
        let text = try call.requiredString(1, of: name)
        if call.type(2) == .number || call.type(2) == .string {
            guard let port = call.integer(2), (1...65535).contains(port) else {
                throw MisuseError(text: "\(name): port must be from 1 to 65535")
            }
            guard let (host, nothing) = Endpoint.splitAuthority(text), nothing == nil else {
                throw MisuseError(text: "\(name): \"\(text.prefix(80))\" is not a host")
            }
            return (Endpoint(host: host, port: port), 3)
        }
        guard let endpoint = Endpoint(text) else {
            throw MisuseError(text: "\(name): \"\(text.prefix(80))\" is not host:port")
        }
        return (endpoint, 2)
    }

    private static let send: HostFunction = { state in
        HostCall.run(state) { call, instance throws(MisuseError) in
            let bytes = try call.requiredBytes(2, of: "send", number: 1)
            guard let connection = try instance.connection(call, as: StreamConnection.self) else {
                return call.answer(failure: "connection is closed")
            }
            return instance.suspend(call, "send") { connection.send(bytes, $0) }
        }
    }

    private static let receive: HostFunction = { state in
        HostCall.run(state) { call, instance throws(MisuseError) in
            let wanted = try wanted(call, limit: instance.limits.responseSize)
            let timeout = try call.timeout(3, of: "receive")
            guard let connection = try instance.connection(call, as: StreamConnection.self) else {
                return call.answer(failure: "connection is closed")
            }
            return instance.suspend(call, "receive") { connection.receive(wanted, timeout: timeout, $0) }
        }
    }

    private static func wanted(_ call: HostCall, limit: Int) throws(MisuseError) -> StreamConnection.Wanted {
        if let count = call.integerValue(2), count > 0 {
            guard count <= limit else {
                throw MisuseError(text: "receive: more than \(limit) bytes at once, see limits.response_size")
            }
            return .count(count)
        }
        switch call.type(2) == .string ? call.string(2) : nil {
        case "line": return .line
        case "all": return .all
        case "some": return .some
        default: throw MisuseError(text: "receive: expected \"line\", \"all\", \"some\" or a number of bytes")
        }
    }

    private static let close: HostFunction = { state in
        guard let call = HostCall(state), let instance = call.owner(as: PluginInstance.self) else { return 0 }
        call.integer(1).flatMap { instance.connections.connection($0, as: Connection.self) }?.close()
        return 0
    }

    private static let closed: HostFunction = { state in
        guard let call = HostCall(state), let instance = call.owner(as: PluginInstance.self) else { return 0 }
        return call.answer(call.integer(1).map { instance.connections.isClosed($0) } ?? true)
    }
}

/// Seconds for connecting, and without use before the host closes the connection.
struct ConnectionTimes {
    let timeout: Double?
    let idleTimeout: Double?

    init(_ call: HostCall, _ index: Int, of name: String) throws(MisuseError) {
        var options = try OptionReader(call, index, function: name)
        timeout = try options.seconds("timeout")
        idleTimeout = try options.seconds("idle_timeout")
        try options.finish()
    }
}

extension PluginInstance {
    /// The connection whose number is the first argument; nil when it was closed.
    func connection<Kind: Connection>(_ call: HostCall, as kind: Kind.Type) throws(MisuseError) -> Kind? {
        guard let id = call.integer(1) else {
            throw MisuseError(text: "the connection itself must be given, as in c:send(...)")
        }
        guard let connection = connections.connection(id, as: kind) else { return nil }
        guard !connection.isBusy else { throw MisuseError(text: "the connection is busy with another call") }
        return connection
    }

    /// Refuses one connection too many.
    func checkRoom() throws(MisuseError) {
        guard connections.count < limits.connections else {
            throw MisuseError(text: "more than \(limits.connections) open connections, see limits.connections")
        }
    }

    fileprivate func connect(
        _ call: HostCall,
        _ name: String,
        _ place: String,
        _ times: ConnectionTimes,
        _ dial: @escaping (CollectRun, @escaping (Result<any ByteStream, NetworkError>) -> Void) -> DialAttempt
    ) throws(MisuseError) -> Int32 {
        try checkRoom()
        return suspend(call, name) { [unowned self] handle in
            var connection: Connection?
            let attempt = dial(handle.run) { [weak self] result in
                guard let self else { return }
                switch result {
                case .failure(let error): handle.finish(error.result)
                case .success(let stream):
                    let opened = opened(stream, place, times, run: handle.run)
                    connection = opened
                    var plan = Plan()
                    plan.push(opened.id)
                    plan.push(stream.peer)
                    handle.finish(.values(plan))
                }
            }
            handle.onCancel = {
                attempt.cancel()
                connection?.close()
            }
        }
    }

    private func opened(
        _ stream: any ByteStream,
        _ place: String,
        _ times: ConnectionTimes,
        run: CollectRun
    ) -> Connection {
        let connection = StreamConnection(
            stream,
            eventLoop: eventLoop,
            limit: limits.responseSize,
            id: connections.newID(),
            place: place,
            idleTimeout: times.idleTimeout
        )
        connections.insert(connection, run: run, of: self)
        return connection
    }
}
