/// Which targets `/probe` may ask a plugin for beyond those that are configured; none by default.
struct ProbeConfiguration: Sendable, Equatable {
    /// Networks in CIDR notation that the targets' addresses must be in.
    var networks: [String] = []
    /// Ports that may be used on them.
    var ports: [Int] = []
    /// Targets that are remembered at the same time.
    var maxTargets = 1000

    /// Whether any target that is not configured can be asked for.
    var isOpen: Bool { !networks.isEmpty && !ports.isEmpty }
}

extension ProbeConfiguration {
    /// Far above any sensible number; it catches a slip.
    private static let most = 100_000

    mutating func decode(_ decoder: MappingDecoder?) {
        guard var keys = decoder else { return }
        let networks = keys.texts("networks") { text in
            IPNetwork(text) == nil ? "must be a network such as 192.168.0.0/16 or 2001:db8::/32" : nil
        }
        let ports = keys.texts("ports") { text in
            Endpoint.port(text) == nil ? "must be a port from 1 to 65535" : nil
        }
        self.networks = networks ?? []
        self.ports = ports?.compactMap { Endpoint.port($0) } ?? []
        maxTargets = keys.amount("max_targets", .count, .positive(to: Self.most)) ?? maxTargets
        keys.requireTogether(["networks", "ports"], given: [networks?.isEmpty == false, ports?.isEmpty == false])
        keys.finish()
    }
}

extension MappingDecoder {
    /// Reports a pair of keys of which only one says something.
    fileprivate func requireTogether(_ names: [String], given: [Bool]) {
        guard let present = given.firstIndex(of: true), let absent = given.firstIndex(of: false) else { return }
        context.report(line, "\(names[absent]) must be given where \(names[present]) are")
    }
}
