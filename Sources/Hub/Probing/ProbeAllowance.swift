/// Why a text is no target that may be probed.
enum ProbeTargetError: Error, Sendable, Equatable {
    case noneAllowed
    case tooLong
    case unusualCharacters
    case userInformation
    case zone
    case unknownScheme
    case notAHost
    /// An address in a form that only some programs read as one: `0x7f.1`, `2130706433`.
    case unusualAddress
    /// The plugin runs programs, which would look the name up themselves.
    case nameForPrograms
    case outsideNetworks(address: String)
    case otherPort(Int)
}

extension ProbeTargetError: CustomStringConvertible {
    var description: String {
        switch self {
        case .noneAllowed: "only configured targets can be probed"
        case .tooLong: "it is longer than \(ProbeAllowance.longest) bytes"
        case .unusualCharacters: "it must consist of ASCII characters, without blanks and backslashes"
        case .userInformation: "it must not have user information"
        case .zone: "an address must not have a zone"
        case .unknownScheme: "only http and https URLs can be probed"
        case .notAHost: "it must be a host, a host with a port, or a URL"
        case .unusualAddress: "an IPv4 address must be four decimal numbers"
        case .nameForPrograms: "it must be an address and no name, for the plugin runs programs"
        case .outsideNetworks(let address): "\(address) is in none of the allowed networks"
        case .otherPort(let port): "port \(port) is not allowed"
        }
    }
}

/// Decides which targets that are not configured may be probed, and what their runs may connect to.
///
/// Every text has one reading here, and what the plugin gets is written anew from it. Whatever a plugin makes of it
/// later: a run connects to the allowed networks and ports only, checked where the connection is made.
struct ProbeAllowance: Sendable {
    /// Bytes of a target.
    static let longest = 2048

    private let networks: [(text: String, network: IPNetwork)]
    private let ports: [Int]

    init(_ configuration: ProbeConfiguration) {
        networks = configuration.networks.compactMap { text in IPNetwork(text).map { (text, $0) } }
        ports = configuration.ports
    }

    /// The target that a text means; without `takesNames` it must have an address.
    func target(_ text: String, takesNames: Bool = true) throws(ProbeTargetError) -> AdHocTarget {
        guard !networks.isEmpty, !ports.isEmpty else { throw .noneAllowed }
        guard text.utf8.count <= Self.longest else { throw .tooLong }
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }) else {
            throw .unusualCharacters
        }
        guard let mark = text.firstRange(of: "://") else {
            let place = try place(text[...])
            if !takesNames, place.isName { throw .nameForPrograms }
            return AdHocTarget(address: place.text(bracketed: place.port != nil), grants: grants(place.host))
        }
        let scheme = text[..<mark.lowerBound].lowercased()
        guard ["http", "https"].contains(scheme) else { throw .unknownScheme }
        let rest = text[mark.upperBound...].prefix { $0 != "#" }
        let authority = rest.prefix { !"/?".contains($0) }
        let place = try place(authority, defaultPort: scheme == "https" ? 443 : 80)
        if !takesNames, place.isName { throw .nameForPrograms }
        return AdHocTarget(
            address: "\(scheme)://\(place.text(bracketed: true))\(rest[authority.endIndex...])",
            grants: grants(place.host)
        )
    }

    // MARK: Reading

    private enum Host {
        case address(IPAddress)
        case name(String)
    }

    private struct Place {
        let host: Host
        /// As it was written.
        let port: Int?

        var isName: Bool {
            if case .name = host { true } else { false }
        }

        func text(bracketed: Bool) -> String {
            let suffix = port.map { ":\($0)" } ?? ""
            switch host {
            case .name(let name): return name + suffix
            case .address(let address): return (bracketed ? address.bracketed : address.text) + suffix
            }
        }
    }

    private func place(_ authority: Substring, defaultPort: Int? = nil) throws(ProbeTargetError) -> Place {
        if authority.contains("@") { throw .userInformation }
        if authority.contains("%") { throw .zone }
        guard let (written, port) = Endpoint.splitAuthority(String(authority)) else { throw .notAHost }
        let host = try host(written)
        if case .address(let address) = host, !networks.contains(where: { $0.network.contains(address) }) {
            throw .outsideNetworks(address: address.text)
        }
        if let used = port ?? defaultPort, !ports.contains(used) { throw .otherPort(used) }
        return Place(host: host, port: port)
    }

    /// Labels of letters, digits, `-` and `_` (RFC 952, RFC 1123, and what people use), the last of them no number.
    private func host(_ text: String) throws(ProbeTargetError) -> Host {
        if let address = IPAddress(text) { return .address(address) }
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        guard text.utf8.count <= 253, labels.allSatisfy({ (1...63).contains($0.utf8.count) }) else { throw .notAHost }
        // What ends in a number is an IPv4 address to some (WHATWG URL, "ends in a number"; inet_aton(3)).
        if let last = labels.last, last.utf8.allSatisfy({ $0 &- 0x30 < 10 }) || last.hasPrefix("0x") {
            throw .unusualAddress
        }
        return .name(text)
    }

    /// An address is granted alone; a name leads to those of its addresses that are allowed.
    private func grants(_ host: Host) -> [String] {
        switch host {
        case .address(let address): return ports.map { "\(address.bracketed):\($0)" }
        case .name:
            return networks.flatMap { entry in
                let network = entry.text.contains(":") ? "[\(entry.text)]" : entry.text
                return ports.map { "\(network):\($0)" }
            }
        }
    }
}
