import CharacterSets
import LuaSandbox
import SNMP

/// The functions of `snmp` that ask nobody: what octet strings and indexes mean.
///
/// For nil, as for an object that is missing, they answer nil.
enum SNMPHelperAPI {
    /// Bytes of an octet string (RFC 2578 §7.1.2).
    private static let longest = 65_535

    static let functions: [(name: String, function: HostFunction)] = [
        ("mac", mac), ("ip", ip), ("date_and_time", dateAndTime), ("text", text), ("index", index),
    ]

    private static let mac: HostFunction = { convert($0, "snmp.mac") { SNMPText.mac($0) } }

    private static let ip: HostFunction = { convert($0, "snmp.ip") { SNMPText.ip($0) } }

    private static func convert(
        _ state: OpaquePointer?,
        _ name: String,
        _ body: (UnsafeRawBufferPointer) -> String?
    ) -> Int32 {
        guard let call = HostCall(state) else { return 0 }
        return octets(call, name) { body($0).map { call.answer($0) } }
    }

    private static let dateAndTime: HostFunction = { state in
        guard let call = HostCall(state) else { return 0 }
        return octets(call, "snmp.date_and_time") { bytes in
            SNMPText.time(bytes).map { seconds in
                var plan = Plan()
                if let whole = Int(exactly: seconds) { plan.push(whole) } else { plan.push(seconds) }
                return call.answer(plan)
            }
        }
    }

    /// `snmp.text(octets, charset)`: UTF-8, without the zeros that pad it.
    private static let text: HostFunction = { state in
        guard let call = HostCall(state) else { return 0 }
        let name = call.type(2) == .string ? call.string(2) ?? "" : "utf-8"
        guard call.count < 2 || call.type(2) == .nil || call.type(2) == .string, let charset = Charset(named: name)
        else { return call.fail("snmp.text: unknown character set \(call.describe(2))") }
        return octets(call, "snmp.text") { bytes in
            let end = bytes.lastIndex { $0 != 0 }.map { $0 + 1 } ?? 0
            let shown = UnsafeRawBufferPointer(rebasing: bytes[..<end])
            do throws(CharsetError) {
                return try charset.decode(shown).withUnsafeBytes { call.answer(bytes: $0) }
            } catch {
                return error.isMissing ? call.fail("snmp.text: \(error.text)") : call.answer(failure: error.text)
            }
        }
    }

    /// Gives the octets of the first argument to `body`; nil is answered with nil.
    private static func octets(
        _ call: HostCall,
        _ name: String,
        _ body: (UnsafeRawBufferPointer) -> Int32?
    ) -> Int32 {
        if call.type(1) == .nil { return call.answer(nilPlan) }
        guard call.type(1) == .string, let bytes = call.bytes(1) else {
            return call.badArgument(1, to: name, expected: "string")
        }
        guard bytes.count <= longest else {
            return call.fail("\(name): an octet string has at most \(longest) bytes, got \(bytes.count)")
        }
        return body(bytes) ?? call.answer(nilPlan)
    }

    /// `snmp.index(index, kind, ...)`: the parts of a row's index, or nil when it has another form.
    private static let index: HostFunction = { state in
        guard let call = HostCall(state) else { return 0 }
        if call.type(1) == .nil { return call.answer(nilPlan) }
        guard call.type(1) == .string, let text = call.string(1) else {
            return call.badArgument(1, to: "snmp.index", expected: "string")
        }
        var kinds: [SNMPIndexReader.Kind] = []
        for argument in 2..<max(2, call.count + 1) {
            guard call.type(argument) == .string, let kind = call.string(argument).flatMap(SNMPIndexReader.Kind.init)
            else {
                let names = SNMPIndexReader.Kind.allCases.map(\.rawValue).joined(separator: ", ")
                return call.fail("snmp.index: parts must be \(names), got \(call.describe(argument))")
            }
            kinds.append(kind)
        }
        guard let numbers = ObjectIdentifier(text)?.components else { return call.answer(nilPlan) }
        if kinds.isEmpty { kinds = numbers.map { _ in .integer } }
        guard let parts = SNMPIndexReader.parts(of: numbers, kinds) else { return call.answer(nilPlan) }
        var plan = Plan()
        for part in parts {
            switch part {
            case .integer(let number): plan.push(number)
            case .bytes(let bytes): plan.push(bytes)
            }
        }
        return call.answer(plan)
    }

    private static let nilPlan: Plan = {
        var plan = Plan()
        plan.pushNil()
        return plan
    }()
}
