import LuaSandbox
import SNMP

/// The bytes that the answers of agents take which a plugin's scripts have not taken yet.
final class SNMPAccount {
    /// How many times `limits.response_size` all answers of a plugin together may take.
    static let share = 8

    /// Bytes of one answer.
    let limit: Int
    fileprivate var held = 0

    init(limit: Int) { self.limit = limit }
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

    deinit { account.held -= size }

    /// Whether there was room for what a walk brought.
    func take(_ more: [VariableBinding], of walk: Int) -> Bool {
        let added = more.reduce(0) { $0 + Self.overhead + $1.value.size }
        let most = account.limit * SNMPAccount.share
        if size + added > account.limit {
            excess = "the answer is longer than \(account.limit) bytes, see limits.response_size"
        } else if account.held + added > most {
            excess = "all answers together are longer than \(most) bytes, see limits.response_size"
        }
        guard excess == nil else { return false }
        bindings[walk] += more
        size += added
        account.held += added
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
