import LuaSandbox
import NIOCore

/// `dns.resolve(name, family)`: what the system's resolver knows of a granted host.
enum NameAPI {
    static let functions: [(name: String, function: HostFunction)] = [("resolve", resolve)]

    private static let resolve: HostFunction = { state in
        HostCall.run(state) { call, instance throws(MisuseError) in
            let name = try call.requiredString(1, of: "dns.resolve")
            guard let (host, port) = Endpoint.splitAuthority(name), port == nil else {
                throw MisuseError(text: "dns.resolve: \"\(name.prefix(80))\" is not a host name")
            }
            let family: NIOBSDSocket.ProtocolFamily?
            switch call.type(2) == .string ? call.string(2) : call.type(2) == .none || call.type(2) == .nil ? "" : nil {
            case "": family = nil
            case "ipv4": family = .inet
            case "ipv6": family = .inet6
            default: throw MisuseError(text: "dns.resolve: family must be \"ipv4\" or \"ipv6\"")
            }
            guard (instance.currentRun?.network ?? instance.network).permits(lookup: host) else {
                throw MisuseError(text: "dns.resolve: \(host) is not granted, see needs.network")
            }
            if let address = SystemResolver.literal(host) {
                return instance.suspend(call, "dns.resolve") { $0.finish(answer(.success([address]), family)) }
            }
            return instance.suspend(call, "dns.resolve") { [unowned instance] handle in
                instance.lookUp(host) { result in handle.finish(answer(result, family)) }
            }
        }
    }

    private static func answer(
        _ result: Result<[SocketAddress], NetworkError>,
        _ family: NIOBSDSocket.ProtocolFamily?
    ) -> OperationResult {
        switch result {
        case .failure(let error): return error.result
        case .success(let addresses):
            let chosen = addresses.filter { family == nil || $0.protocol == family }
            var plan = Plan()
            plan.beginTable(items: chosen.count)
            for (index, address) in chosen.enumerated() {
                plan.push(AddressFormatter.host(address))
                plan.item(index + 1)
            }
            return .values(plan)
        }
    }
}
