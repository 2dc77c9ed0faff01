import CLinux
import Glibc
import LuaSandbox

/// What the plugin API adds to Lua's `os`.
enum SystemAPI {
    static let functions: [(name: String, function: HostFunction)] = [("uname", uname)]

    /// The names of uname(2); it cannot fail.
    private static let uname: HostFunction = { state in
        guard let call = HostCall(state) else { return 0 }
        var names = utsname()
        _ = Glibc.uname(&names)
        var plan = Plan()
        plan.beginTable(fields: 6)
        plan.field("sysname") { $0.push(text(names.sysname)) }
        plan.field("nodename") { $0.push(text(names.nodename)) }
        plan.field("release") { $0.push(text(names.release)) }
        plan.field("version") { $0.push(text(names.version)) }
        plan.field("machine") { $0.push(text(names.machine)) }
        plan.field("domainname") { $0.push(String(cString: clinux_domainname(&names))) }
        return call.answer(plan)
    }

    /// The text in one of the fixed arrays of `utsname`.
    private static func text<Field>(_ field: Field) -> String {
        withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
