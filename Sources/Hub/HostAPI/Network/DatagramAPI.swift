import LuaSandbox
import NIOCore

/// `udp`: datagrams to and from one peer.
enum DatagramAPI {
    /// Bytes of a datagram.
    static let sizeLimit = 65_507

    static let functions: [(name: String, function: HostFunction)] = [
        ("udp", connect), ("udp_send", send), ("udp_receive", receive),
    ]

    private static let connect: HostFunction = { state in
        HostCall.run(state) { call, instance throws(MisuseError) in
            let (endpoint, index) = try StreamAPI.endpoint(call, of: "udp.connect")
            let times = try ConnectionTimes(call, index, of: "udp.connect")
            try instance.checkRoom()
            return instance.suspend(call, "udp.connect") { [unowned instance] handle in
                let reservation = instance.connections.reserve()
                handle.onCancel = { reservation.release() }
                let limit = TimeAmount(seconds: times.timeout ?? PluginInstance.connectTimeout)
                instance.resolve(endpoint, for: handle.run, within: limit) { [weak instance] result in
                    reservation.release()
                    guard !handle.isDone, let instance else { return }
                    switch result {
                    case .failure(let error): handle.finish(error.result)
                    case .success(let addresses):
                        open(addresses.map { $0.at(port: endpoint.port) }, endpoint, times, instance, handle)
                    }
                }
            }
        }
    }

    private static func open(
        _ addresses: [SocketAddress],
        _ endpoint: Endpoint,
        _ times: ConnectionTimes,
        _ instance: PluginInstance,
        _ handle: OperationHandle
    ) {
        let connection = DatagramConnection(
            addresses,
            eventLoop: instance.eventLoop,
            id: instance.connections.newID(),
            place: "\(endpoint)",
            idleTimeout: times.idleTimeout
        )
        connection.open { [weak instance] failure in
            guard !handle.isDone, let instance else { return connection.close() }
            if let failure { return handle.finish(.failure("cannot reach \(endpoint): \(failure)")) }
            instance.connections.insert(connection, run: handle.run, of: instance)
            handle.onCancel = { connection.close() }
            var plan = Plan()
            plan.push(connection.id)
            handle.finish(.values(plan))
        }
    }

    private static let send: HostFunction = { state in
        HostCall.run(state) { call, instance throws(MisuseError) in
            let bytes = try call.requiredBytes(2, of: "send", number: 1)
            guard bytes.count <= sizeLimit else {
                throw MisuseError(text: "send: a datagram must not be longer than \(sizeLimit) bytes")
            }
            guard let connection = try instance.connection(call, as: DatagramConnection.self) else {
                return call.answer(failure: "socket is closed")
            }
            return instance.suspend(call, "send") { connection.send(bytes, $0) }
        }
    }

    private static let receive: HostFunction = { state in
        HostCall.run(state) { call, instance throws(MisuseError) in
            let timeout = try call.timeout(2, of: "receive")
            guard let connection = try instance.connection(call, as: DatagramConnection.self) else {
                return call.answer(failure: "socket is closed")
            }
            return instance.suspend(call, "receive") { connection.receive(timeout: timeout, $0) }
        }
    }
}
