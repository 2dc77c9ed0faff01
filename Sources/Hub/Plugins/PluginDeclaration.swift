import Exposition
import LuaSandbox

/// What a plugin says of itself with `plugin { ... }`.
struct PluginDeclaration: Sendable {
    var help = ""
    var naming = NamingRules.strict
    var schema = SettingsSchema.empty
    /// Patterns with `${setting}` still in them.
    var files: [String] = []
    /// `fs.statfs` of any mount point.
    var mounts = false
    /// What stands for the plugin's targets in `network`.
    static let targets = "targets"
    /// Hosts and ports with `${setting}` still in them; nil stands for the plugin's targets.
    var network: [String]?
    /// Ports of the targets' hosts, beside those that the targets name.
    var ports: [Int] = []
    /// Paths of programs, with `${setting}` still in them.
    var programs: [String] = []
    /// Collects in the background unless hub.yml says otherwise.
    var interval: Duration?
    var maxAge: Duration?
    /// Without targets in hub.yml there is nothing to collect.
    var needsTargets = false
}

/// Reads the table of `plugin { ... }`; every problem is reported.
struct DeclarationReader {
    private(set) var problems: [String] = []

    private static let keys: Set<String> = [
        "help", "naming", "settings", "needs", "interval", "max_age", "targets",
    ]
    /// Seconds; the most is that of hub.yml.
    ///
    /// More often than every second a script would keep the hub itself busy.
    private static let times = 1.0...30 * 86_400
    private static let needs: Set<String> = ["exec", "files", "mounts", "network", "ports"]

    mutating func read(_ value: LuaValue) -> PluginDeclaration {
        var declaration = PluginDeclaration()
        reportUnknown(in: value, known: Self.keys, place: "")
        declaration.help = string(value, "help") ?? ""
        if declaration.help.isEmpty { problems.append("help must be given, one sentence") }
        if let text = string(value, "naming") {
            if let naming = NamingRules(rawValue: text) {
                declaration.naming = naming
            } else {
                problems.append("naming must be strict, legacy or utf8, got \"\(text)\"")
            }
        }
        declaration.interval = seconds(value, "interval")
        declaration.maxAge = seconds(value, "max_age")
        if let targets = value["targets"] {
            declaration.needsTargets = targets.string == "required"
            if !declaration.needsTargets { problems.append("targets must be \"required\" or absent") }
        }
        readNeeds(value["needs"], into: &declaration)
        let settings = SettingsReaderOfLua.settings(value["settings"], problems: &problems)
        do { declaration.schema = try SettingsSchema(settings) } catch { problems += error.problems.map(\.text) }
        return declaration
    }

    private mutating func readNeeds(_ needs: LuaValue?, into declaration: inout PluginDeclaration) {
        guard let needs, needs != .nil else { return }
        guard case .table = needs else { return problems.append("needs must be a table, got a \(needs.typeName)") }
        reportUnknown(in: needs, known: Self.needs, place: "needs.")
        if let mounts = needs["mounts"] {
            declaration.mounts = mounts == .boolean(true)
            if case .boolean = mounts {} else { problems.append("needs.mounts must be true or false") }
        }
        declaration.files = list(needs, "files") ?? []
        declaration.programs = list(needs, "exec") ?? []
        declaration.network =
            needs["network"]?.string == PluginDeclaration.targets
            ? [PluginDeclaration.targets] : list(needs, "network")
        guard let ports = needs["ports"] else { return }
        guard case .table(let items, let fields) = ports, fields.isEmpty else {
            return problems.append("needs.ports must be a list of port numbers")
        }
        for item in items {
            guard case .integer(let port) = item, (1...65535).contains(port) else {
                return problems.append("needs.ports must be a list of port numbers")
            }
            declaration.ports.append(port)
        }
    }

    private mutating func list(_ needs: LuaValue, _ key: String) -> [String]? {
        guard let value = needs[key] else { return nil }
        guard case .table(let items, let fields) = value, fields.isEmpty, items.allSatisfy({ $0.string != nil }) else {
            problems.append("needs.\(key) must be a list of strings")
            return nil
        }
        return items.compactMap(\.string)
    }

    private mutating func reportUnknown(in value: LuaValue, known: Set<String>, place: String) {
        guard case .table(let items, let fields) = value else { return }
        if !items.isEmpty { problems.append("\(place)items without a key are not known") }
        for field in fields {
            let key = field.key.string ?? "\(field.key.typeName) key"
            if !known.contains(key) { problems.append("unknown key \"\(place)\(key)\"") }
        }
    }

    private mutating func string(_ value: LuaValue, _ key: String) -> String? {
        guard let field = value[key] else { return nil }
        guard let text = field.string else {
            problems.append("\(key) must be a string, got a \(field.typeName)")
            return nil
        }
        return text
    }

    private mutating func seconds(_ value: LuaValue, _ key: String) -> Duration? {
        switch value[key] {
        case nil: return nil
        case .integer(let seconds) where Self.times.contains(Double(seconds)): return .seconds(seconds)
        case .number(let seconds) where Self.times.contains(seconds): return .seconds(seconds)
        default:
            problems.append("\(key) must be a number of seconds from 1 to 30 days")
            return nil
        }
    }
}
