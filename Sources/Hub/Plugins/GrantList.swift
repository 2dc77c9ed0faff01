/// What a plugin may touch, for people.
struct GrantList: Sendable, Equatable {
    /// Kind and what is granted of it, such as `files` and `/proc/*`; narrowed by hub.yml where that is said.
    private(set) var lines: [(kind: String, text: String)] = []

    static func == (left: Self, right: Self) -> Bool { left.lines.elementsEqual(right.lines, by: ==) }

    mutating func add(_ kind: String, _ declared: [String], allowed: [String]?) {
        guard !declared.isEmpty else { return }
        var text = declared.sorted().joined(separator: ", ")
        if let allowed {
            let narrowed = allowed.sorted().joined(separator: ", ")
            text = allowed.isEmpty ? "nothing (asks for \(text))" : "\(text); hub.yml allows only \(narrowed)"
        }
        lines.append((kind, text))
    }
}

extension PluginInstance {
    /// Everything that is granted; nothing at all leaves the list empty.
    var grantList: GrantList {
        var list = GrantList()
        list.add("files", grants.declaredTexts, allowed: grants.allowedTexts)
        if grants.mounts { list.add("mounts", ["the space of any file system"], allowed: nil) }
        list.add("network", network.declared.map(\.text), allowed: network.allowed?.map(\.text))
        list.add("programs", Array(programs.declared), allowed: programs.allowed.map(Array.init))
        return list
    }
}
