import LuaSandbox
import SNMP

/// Reads the object identifiers that a script gives.
enum SNMPNames {
    /// A list of identifiers, or a table of them by name: those in the list first, then by name, so that a script asks
    /// the same in each run.
    static func read(
        _ call: HostCall,
        of function: String,
        _ argument: String,
        limit: Int
    ) throws(MisuseError) -> [SNMPAPI.NamedObject] {
        var reader = LuaValueReader(call)
        let value: LuaValue
        do throws(CopyError) { value = call.count < 2 ? .nil : try reader.read(2) } catch {
            throw MisuseError(text: "\(function): \(argument): \(error.text)")
        }
        guard case .table(let items, let fields) = value else {
            throw MisuseError(text: "\(function): \(argument) must be a table, got a \(value.typeName)")
        }
        guard items.count + fields.count <= limit else {
            throw MisuseError(text: "\(function): more than \(limit) \(argument)")
        }
        var names: [SNMPAPI.NamedObject] = []
        for (number, item) in items.enumerated() {
            names.append((.place(number + 1), try object(item, "\(function): \(argument)[\(number + 1)]")))
        }
        for field in fields.sorted(by: { ($0.key.string ?? "") < ($1.key.string ?? "") }) {
            guard case .string(let key) = field.key else {
                throw MisuseError(text: "\(function): \(argument) must have names, got a \(field.key.typeName)")
            }
            let place = "\(function): \(argument).\(String(decoding: key.prefix(80), as: UTF8.self))"
            names.append((.name(key), try object(field.value, place)))
        }
        return names
    }

    private static func object(_ value: LuaValue, _ place: String) throws(MisuseError) -> ObjectIdentifier {
        guard let text = value.string else {
            throw MisuseError(text: "\(place) must be an object identifier, got a \(value.typeName)")
        }
        return try object(text, place)
    }

    static func object(_ text: String, _ place: String) throws(MisuseError) -> ObjectIdentifier {
        guard let name = ObjectIdentifier(text) else {
            throw MisuseError(text: "\(place): \"\(text.prefix(80))\" is not an object identifier")
        }
        return name
    }
}
