import Exposition
import SQLite

/// The groups on disk, in SQLite.
///
/// Used by one thread at a time; what is stored survives a power cut.
final class PushDatabase {
    private static let version = 1
    private static let schema = """
        CREATE TABLE IF NOT EXISTS groups (
            id INTEGER PRIMARY KEY, labels BLOB NOT NULL UNIQUE, pushed REAL NOT NULL, failed REAL NOT NULL, expires REAL
        );
        CREATE TABLE IF NOT EXISTS families (
            group_id INTEGER NOT NULL, name TEXT NOT NULL, time REAL NOT NULL, format INTEGER NOT NULL, text BLOB NOT NULL,
            PRIMARY KEY (group_id, name)
        ) WITHOUT ROWID;
        """

    private let database: Database
    private let putGroup: Statement
    private let putFamily: Statement
    private let deleteGroup: Statement
    private let deleteFamily: Statement
    private let deleteFamilies: Statement

    /// Opens or makes the database, and holds it against other processes.
    init(path: String) throws(SQLiteError) {
        database = try Database(path: path, .init(logLimit: 16 << 20))
        try Self.prepare(database)
        putGroup = try database.prepare(
            """
            INSERT INTO groups (labels, pushed, failed, expires) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (labels) DO UPDATE SET pushed = ?2, failed = ?3, expires = ?4
            """
        )
        putFamily = try database.prepare(
            """
            INSERT OR REPLACE INTO families (group_id, name, time, format, text)
            VALUES ((SELECT id FROM groups WHERE labels = ?1), ?2, ?3, ?4, ?5)
            """
        )
        deleteGroup = try database.prepare("DELETE FROM groups WHERE labels = ?")
        let ofGroup = "group_id = (SELECT id FROM groups WHERE labels = ?1)"
        deleteFamily = try database.prepare("DELETE FROM families WHERE name = ?2 AND \(ofGroup)")
        deleteFamilies = try database.prepare("DELETE FROM families WHERE \(ofGroup)")
    }

    private static func prepare(_ database: Database) throws(SQLiteError) {
        let found = try database.prepare("PRAGMA user_version").value()
        guard found == 0 || found == version else {
            throw SQLiteError(.failed, "made by a newer version of the program", path: database.path)
        }
        let check = try database.prepare("PRAGMA quick_check(1)")
        let result = try check.step() ? check.text(0) : "no result"
        check.reset()
        guard result == "ok" else { throw SQLiteError(.damaged, result, path: database.path) }
        try database.execute(schema)
        try database.execute("PRAGMA user_version = \(version)")
    }

    // MARK: Writing

    /// Stores changes together; when it throws, none of them.
    func store(_ changes: [PushState.Change]) throws(SQLiteError) {
        try database.transaction { () throws(SQLiteError) in
            for change in changes { try store(change) }
        }
    }

    /// Moves the log's pages into the file and gives the log's room back; where that fails, all stays as it is.
    func truncateLog() { try? database.emptyLog() }

    private func store(_ change: PushState.Change) throws(SQLiteError) {
        let labels = Self.text(of: change.key)
        guard let group = change.after else {
            try deleteFamilies.run(.blob(labels))
            return try deleteGroup.run(.blob(labels))
        }
        try putGroup.run(
            .blob(labels),
            .real(group.pushed),
            .real(group.failed),
            group.expires.map { .real($0) } ?? .null
        )
        let (old, new) = PushState.differences(change.before, group)
        for family in old where group.families[family.block.descriptor.name] == nil {
            try deleteFamily.run(.blob(labels), .text(family.block.descriptor.name))
        }
        for family in new { try store(family, labels) }
    }

    private func store(_ family: PushGroup.Family, _ labels: [UInt8]) throws(SQLiteError) {
        let isText = family.block.fitsText
        let format = ExpositionFormat(isText ? .text1 : .openMetrics, escaping: .allowUTF8)
        let text = encode(merge([Contribution(source: "", families: [family.block])]), as: format)
        try putFamily.run(
            .blob(labels),
            .text(family.block.descriptor.name),
            .real(family.time),
            .number(isText ? 0 : 1),
            .blob(text)
        )
    }

    /// The labels as text, one for each key: a sample line of a metric `x`.
    private static func text(of key: GroupingKey) -> [UInt8] {
        var block = FamilyBlock(FamilyDescriptor(name: "x", kind: .untyped, help: ""))
        try? block.append(1, labels: key.labels.map { (name: $0.name, value: $0.value) })
        let format = ExpositionFormat(.text1, escaping: .allowUTF8)
        return encode(merge([Contribution(source: "", families: [block])]), as: format)
    }

    // MARK: Reading

    /// Hands over all groups.
    ///
    /// Answers how many families could not be read; the others are as good as ever.
    func load(_ take: (PushGroup) -> Void, number: () -> Int) throws(SQLiteError) -> Int {
        var broken = 0
        var groups: [Int64: PushGroup] = [:]
        let row = try database.prepare("SELECT id, labels, pushed, failed, expires FROM groups")
        while try row.step() {
            guard let key = Self.key(row.bytes(1)) else {
                broken += 1
                continue
            }
            var group = PushGroup(key: key)
            group.pushed = row.real(2)
            group.failed = row.real(3)
            group.expires = row.isNull(4) ? nil : row.real(4)
            groups[row.number(0)] = group
        }
        let family = try database.prepare("SELECT group_id, time, format, text FROM families")
        while try family.step() {
            let format: ParseFormat = family.number(2) == 0 ? .text : .openMetrics
            let blocks = family.bytes(3).withUnsafeBytes { try? ExpositionParser.parse($0, format: format) }
            guard let block = blocks?.first, groups[family.number(0)] != nil else {
                broken += 1
                continue
            }
            groups[family.number(0)]?.families[block.descriptor.name] =
                PushGroup.Family(block: block, time: family.real(1), number: number())
        }
        for group in groups.values { take(group) }
        return broken
    }

    private static func key(_ text: [UInt8]) -> GroupingKey? {
        let blocks = text.withUnsafeBytes { try? ExpositionParser.parse($0, format: .text) }
        guard let labels = blocks?.first?.samples.first?.labels else { return nil }
        return GroupingKey(Dictionary(labels.map { ($0.name, $0.value) }) { first, _ in first })
    }

    /// Puts a broken database aside as `PATH.corrupt`, in the place of one that was put there before.
    static func setAside(_ path: String) { Database.setAside(path, as: path + ".corrupt") }
}
