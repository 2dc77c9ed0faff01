/// What hub.yml says about one plugin.
struct PluginConfiguration: Sendable, Equatable {
    var enabled = true
    /// Collects in the background this often; nil means on every scrape.
    var interval: Duration?
    /// How long the last good result covers for failed runs; nil leaves it to the plugin.
    var maxAge: Duration?
    /// A map with references already replaced, decoded later against the plugin's schema; nil when absent.
    var settings: YAMLNode?
    /// In the order of the file; names are unique.
    var targets: [TargetConfiguration] = []
    /// Whether samples bear the label `target`.
    var targetLabel = true
    /// What `/probe` may ask beyond the targets.
    var probe = ProbeConfiguration()
    /// The general limits with this plugin's own in their place.
    var limits = PluginLimits()
    var allow = AllowConfiguration()
    /// Line of the plugin's name in hub.yml; nil when it is not named there.
    var line: Int?

    /// The labels that every sample of a target bears.
    func sampleLabels(of target: TargetConfiguration) -> [(name: String, value: String)] {
        let own = target.labels.map { (name: $0.key, value: $0.value) }
        return targetLabel ? [(Self.targetLabelName, target.name)] + own : own
    }

    static let targetLabelName = "target"
}

/// What a plugin gets at most of what it declares; nil does not narrow.
struct AllowConfiguration: Sendable, Equatable {
    /// Absolute globs.
    var files: [String]?
    /// `host:port` pairs.
    var network: [String]?
    /// Programs.
    var exec: [String]?
}

/// One thing a plugin collects from.
struct TargetConfiguration: Sendable, Equatable {
    /// May hold a secret (`http://user:password@host/`), therefore never printed with the value.
    var address: String
    /// Value of the label `target`; unique among the plugin's targets.
    var name: String
    var labels: [String: String] = [:]
    /// A map that goes over the plugin's `settings`; nil when absent.
    var settings: YAMLNode?
    /// Whether the address holds a reference; it is then nobody's business, beyond `user:password@`.
    var isAddressSecret = false
    /// Line of the target in hub.yml.
    var line: Int
}

extension TargetConfiguration: CustomStringConvertible, CustomReflectable {
    var description: String { "target \"\(name)\"" }

    var customMirror: Mirror {
        Mirror(self, children: ["name": name, "labels": labels, "line": line], displayStyle: .struct)
    }

    /// The name of a target that has none of its own: its address without `user:password@`.
    static func name(for address: String) -> String {
        guard let userinfo = userinfo(of: address) else { return address }
        var name = address
        name.removeSubrange(userinfo.lowerBound...userinfo.upperBound)
        return name
    }

    /// The password in a URL's user information, where there is one.
    static func password(in address: String) -> String? {
        guard let userinfo = userinfo(of: address), let colon = address[userinfo].firstIndex(of: ":") else {
            return nil
        }
        return String(address[userinfo][colon...].dropFirst())
    }

    /// The user information of a URL (RFC 3986 §3.2.1); the upper bound is the `@`.
    private static func userinfo(of address: String) -> Range<String.Index>? {
        guard let scheme = address.firstRange(of: "://") else { return nil }
        let authority = address[scheme.upperBound...].prefix { !"/?#".contains($0) }
        guard let at = authority.lastIndex(of: "@") else { return nil }
        return authority.startIndex..<at
    }
}
