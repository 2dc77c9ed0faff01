import LuaSandbox
import SNMP

/// What a value of an answer is called in Lua: a name, or a place in a list.
enum SNMPKey: Hashable {
    case name([UInt8])
    case place(Int)
}

/// How much of an answer Lua gets at once; between two pieces the script's limits are looked at.
enum SNMPPiece {
    static let values = 256
    /// Of octet strings.
    static let bytes = 64 << 10
}

/// Joins columns of a table to rows by their index, in the order of the indexes.
struct SNMPRows {
    typealias Cell = (key: SNMPKey, value: SNMPValue)

    struct Column {
        let key: SNMPKey
        /// In their order, all below `root`.
        let bindings: [VariableBinding]
        let root: ObjectIdentifier
        fileprivate var next = 0

        init(_ key: SNMPKey, below root: ObjectIdentifier, _ bindings: [VariableBinding]) {
            self.key = key
            self.root = root
            self.bindings = bindings
        }

        /// The index of the next cell.
        fileprivate var index: ArraySlice<UInt32>? {
            next < bindings.count ? bindings[next].name.components.dropFirst(root.components.count) : nil
        }
    }

    private var columns: [Column]

    init(_ columns: [Column]) { self.columns = columns }

    /// The next row: its index, and its cells in the order of the columns.
    mutating func next() -> (index: [UInt8], cells: [Cell])? {
        var least: ArraySlice<UInt32>?
        for index in columns.lazy.compactMap(\.index) where least.map(index.lexicographicallyPrecedes) ?? true {
            least = index
        }
        guard let least else { return nil }
        var cells: [Cell] = []
        for number in columns.indices where columns[number].index == least {
            cells.append((columns[number].key, columns[number].bindings[columns[number].next].value))
            columns[number].next += 1
        }
        return (ObjectIdentifier(Array(least)).digits(), cells)
    }

    /// The next rows as a list of indexes and a list of tables; nil at the end.
    mutating func piece() -> Plan? {
        var rows: [(index: [UInt8], cells: [Cell])] = []
        var (values, bytes) = (0, 0)
        while values < SNMPPiece.values, bytes < SNMPPiece.bytes, let row = next() {
            rows.append(row)
            values += row.cells.count
            bytes += row.cells.reduce(0) { $0 + $1.value.size }
        }
        guard !rows.isEmpty else { return nil }
        var plan = Plan()
        plan.list(rows) { $0.push($1.index) }
        plan.list(rows) { plan, row in
            plan.beginTable(fields: row.cells.count)
            for (key, value) in row.cells { plan.field(key) { $0.push(value) } }
        }
        return plan
    }
}

/// The objects of a walk in their order.
struct SNMPList {
    private let bindings: [VariableBinding]
    private var next = 0

    init(_ bindings: [VariableBinding]) { self.bindings = bindings }

    /// The next objects as lists of names, values and types; nil at the end.
    mutating func piece() -> Plan? {
        let start = next
        var bytes = 0
        while next < bindings.count, next - start < SNMPPiece.values, bytes < SNMPPiece.bytes {
            bytes += bindings[next].value.size
            next += 1
        }
        guard next > start else { return nil }
        let piece = bindings[start..<next]
        var plan = Plan()
        plan.reserve(piece.count * 100 + bytes)
        plan.list(piece) { $0.push($1.name.digits()) }
        plan.list(piece) { $0.push($1.value) }
        plan.list(piece) { $0.push($1.value.typeName) }
        return plan
    }
}

extension Plan {
    /// Pushes a list with what `push` pushes for each item.
    fileprivate mutating func list<Item>(_ items: some Swift.Collection<Item>, _ push: (inout Plan, Item) -> Void) {
        beginTable(items: items.count)
        for (number, item) in items.enumerated() {
            push(&self, item)
            self.item(number + 1)
        }
    }

    /// Pushes a key and a value, and stores them in the table on top.
    mutating func field(_ key: SNMPKey, _ value: (inout Plan) -> Void) {
        switch key {
        case .name(let name): push(name)
        case .place(let place): push(place)
        }
        value(&self)
        endField()
    }
}
