extension PluginInstance {
    /// Works out which hosts and programs the plugin gets of what it declares.
    func adoptNetwork(_ declaration: PluginDeclaration, problems: inout [String]) {
        let isExplicit = environment.configuration.permissions == .explicit
        let targets = configuration.targets.flatMap { Self.patterns(of: $0, ports: declaration.ports) }
        let needs = declaration.network ?? [PluginDeclaration.targets]
        network.declared = networkPatterns(needs.filter { $0 != PluginDeclaration.targets }, problems: &problems)
        if needs.contains(PluginDeclaration.targets) { network.declared += targets }
        network.allowed = configuration.allow.network.map { texts in
            texts.compactMap { networkPattern($0, "allow.network", problems: &problems) }
        }
        // The targets themselves are what hub.yml lists.
        if network.allowed == nil, isExplicit { network.allowed = targets }
        programs.declared = Set(declaration.programs.flatMap { expand($0, of: "exec", problems: &problems) })
        for path in programs.declared where !path.hasPrefix("/") || FileGrants.clean(path) != path {
            problems.append("needs.exec: program must be an absolute path, got \"\(path)\"")
        }
        for path in configuration.allow.exec ?? [] where !path.hasPrefix("/") || FileGrants.clean(path) != path {
            problems.append("allow.exec: program must be an absolute path, got \"\(path)\"")
        }
        programs.allowed = configuration.allow.exec.map(Set.init) ?? (isExplicit ? [] : nil)
    }

    private func networkPatterns(_ texts: [String], problems: inout [String]) -> [NetworkPattern] {
        texts.flatMap { expand($0, of: "network", problems: &problems) }.compactMap { text in
            networkPattern(text, "needs.network", problems: &problems)
        }
    }

    private func networkPattern(_ text: String, _ place: String, problems: inout [String]) -> NetworkPattern? {
        let pattern = NetworkPattern(text)
        if pattern == nil {
            problems.append("\(place): expected host:port, network/length:port or unix:/path, got \"\(text)\"")
        }
        return pattern
    }

    /// The host of a target with the port it names and those the plugin needs; with none of both, every port.
    static func patterns(of target: TargetConfiguration, ports: [Int]) -> [NetworkPattern] {
        if case .unix(let path)? = RequestURL(target.address)?.destination {
            return NetworkPattern("unix:\(path)").map { [$0] } ?? []
        }
        if target.address.hasPrefix("unix:") { return NetworkPattern(target.address).map { [$0] } ?? [] }
        guard let (host, port) = Endpoint.split(target.address) else { return [] }
        let all = (port.map { [$0] } ?? []) + ports
        return all.isEmpty ? [NetworkPattern(host: host, port: nil)] : all.map { NetworkPattern(host: host, port: $0) }
    }
}
