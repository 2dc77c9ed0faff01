import LuaSandbox
import SNMP

/// The bytes that the answers of agents take which a plugin's scripts have not taken yet.
final class SNMPAccount {
    /// Bytes of one answer: `limits.response_size`.
    let limit: Int
    /// Bytes of all: `limits.snmp_size`.
    let total: Int
    private var held = 0
    private let memory: HostMemory

    init(_ limits: PluginLimits, _ memory: HostMemory) {
        (limit, total) = (limits.responseSize, limits.snmpSize)
        self.memory = memory
    }

    /// Which limit an answer of `size` bytes breaks that grows by `added`.
    fileprivate func broken(by added: Int, size: Int) -> SNMPLimit? {
        size + added > limit ? .responseSize : held + added > total ? .snmpSize : nil
    }

    fileprivate func hold(_ bytes: Int) {
        held += bytes
        memory.setAnswers(held)
    }

    /// Counts that a limit refused something.
    func count(_ limit: SNMPLimit) { memory.countExceeded(limit) }
}

/// Limits that end a get or a walk, by the names that metrics have for them.
enum SNMPLimit: String, Sendable, CaseIterable {
    /// Requests that wait to be sent.
    case requests
    /// Objects of one walk.
    case objects
    case responseSize = "response_size"
    case snmpSize = "snmp_size"

    /// The one that an error tells of.
    init?(_ error: SNMPError) {
        switch error {
        case .busy: self = .requests
        case .tooManyBindings: self = .objects
        default: return nil
        }
    }
}

/// What the walks of one call have brought so far.
final class SNMPHolding {
    /// What a binding takes beside its value: headers, and the numbers of its name.
    static let overhead = 112

    private let account: SNMPAccount
    /// By walk.
    private(set) var bindings: [[VariableBinding]]
    private var size = 0
    /// Which limit was exceeded.
    private(set) var excess: String?

    init(_ account: SNMPAccount, walks: Int) {
        self.account = account
        bindings = Array(repeating: [], count: walks)
    }

    deinit { account.hold(-size) }

    /// Whether there was room for what a walk brought.
    func take(_ more: [VariableBinding], of walk: Int) -> Bool {
        let added = more.reduce(0) { $0 + Self.overhead + $1.value.size }
        if excess == nil, let limit = account.broken(by: added, size: size) {
            account.count(limit)
            excess =
                limit == .responseSize
                ? "the answer is longer than \(account.limit) bytes, see limits.response_size"
                : "all answers together are longer than \(account.total) bytes, see limits.snmp_size"
        }
        guard excess == nil else { return false }
        bindings[walk] += more
        size += added
        account.hold(added)
        return true
    }
}

/// A whole answer that the script takes in pieces.
final class SNMPResult {
    private enum Form {
        case list(SNMPList)
        case rows(SNMPRows)
    }

    /// Counts as held until the script has taken it.
    private let holding: SNMPHolding
    private var form: Form

    init(list holding: SNMPHolding) {
        self.holding = holding
        form = .list(SNMPList(holding.bindings.flatMap { $0 }))
    }

    init(rows holding: SNMPHolding, of columns: [SNMPAPI.NamedObject]) {
        self.holding = holding
        form = .rows(SNMPRows(zip(columns, holding.bindings).map { .init($0.key, below: $0.name, $1) }))
    }

    /// The next values; nil at the end.
    func piece() -> Plan? {
        switch form {
        case .list(var list):
            defer { form = .list(list) }
            return list.piece()
        case .rows(var rows):
            defer { form = .rows(rows) }
            return rows.piece()
        }
    }
}
