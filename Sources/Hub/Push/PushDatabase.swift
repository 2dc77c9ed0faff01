import CSQLite
import Exposition
import Glibc

/// Why the database could not do something.
struct PushDatabaseError: Error, CustomStringConvertible {
    /// SQLite's primary result code.
    let code: Int32
    let message: String
    let path: String

    var description: String { "\(path): \(message)" }
    var isFull: Bool { code == SQLITE_FULL }
    /// The file is none of SQLite's, or broken.
    var isCorrupt: Bool { code == SQLITE_CORRUPT || code == SQLITE_NOTADB }
}

/// The groups on disk, in SQLite.
///
/// Write-ahead log with `synchronous=FULL`: a commit returns when its pages are on the disk. Not safe to use from two
/// threads at once.
struct PushDatabase: ~Copyable {
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

    private let path: String
    private let handle: OpaquePointer
    private let statements = StatementCache()

    /// Opens or makes the database, and holds it against other processes.
    static func open(path: String) throws(PushDatabaseError) -> PushDatabase {
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(path, &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nil)
        guard code == SQLITE_OK, let opened else {
            let message = opened.map { String(cString: sqlite3_errmsg($0)) } ?? "no memory"
            sqlite3_close_v2(opened)
            throw PushDatabaseError(code: code & 0xff, message: message, path: path)
        }
        let database = PushDatabase(path, opened)
        try database.prepare()
        return database
    }

    private init(_ path: String, _ handle: OpaquePointer) {
        self.path = path
        self.handle = handle
        sqlite3_extended_result_codes(handle, 1)
    }

    deinit {
        statements.removeAll()
        sqlite3_close_v2(handle)
    }

    private func prepare() throws(PushDatabaseError) {
        // The log's index lives in memory where one process holds the file.
        try run("PRAGMA locking_mode = EXCLUSIVE")
        try run("PRAGMA journal_mode = WAL")
        try run("PRAGMA synchronous = FULL")
        try run("PRAGMA temp_store = MEMORY")
        // Debian's build writes zeros over what is deleted, for which a full disk has no room.
        try run("PRAGMA secure_delete = OFF")
        try run("PRAGMA journal_size_limit = 16777216")
        let version = try number("PRAGMA user_version")
        guard version == 0 || version == Self.version else {
            throw PushDatabaseError(code: SQLITE_ERROR, message: "made by a newer version of the program", path: path)
        }
        let check = try text("PRAGMA quick_check(1)")
        guard check == "ok" else { throw PushDatabaseError(code: SQLITE_CORRUPT, message: check, path: path) }
        try run(Self.schema)
        try run("PRAGMA user_version = \(Self.version)")
        syncFolder()
    }

    /// Makes sure that the file's name survives a power cut too; SQLite does that for its log.
    private func syncFolder() {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let descriptor = Glibc.open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    // MARK: Writing

    /// Stores changes together; when it throws, none of them.
    func store(_ changes: [PushState.Change]) throws(PushDatabaseError) {
        try run("BEGIN IMMEDIATE")
        do throws(PushDatabaseError) {
            for change in changes { try store(change) }
            try run("COMMIT")
        } catch {
            // Some errors have rolled it back already.
            if sqlite3_get_autocommit(handle) == 0 { sqlite3_exec(handle, "ROLLBACK", nil, nil, nil) }
            throw error
        }
    }

    /// Moves the log's pages into the file and gives the log's room back; where that fails, all stays as it is.
    func truncateLog() {
        sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_TRUNCATE, nil, nil)
    }

    private func store(_ change: PushState.Change) throws(PushDatabaseError) {
        let labels = Self.text(of: change.key)
        guard let group = change.after else {
            try run("DELETE FROM families WHERE group_id = (SELECT id FROM groups WHERE labels = ?)", .blob(labels))
            return try run("DELETE FROM groups WHERE labels = ?", .blob(labels))
        }
        try run(
            """
            INSERT INTO groups (labels, pushed, failed, expires) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (labels) DO UPDATE SET pushed = ?2, failed = ?3, expires = ?4
            """,
            .blob(labels),
            .real(group.pushed),
            .real(group.failed),
            group.expires.map { .real($0) } ?? .null
        )
        let (old, new) = PushState.differences(change.before, group)
        for family in old where group.families[family.block.descriptor.name] == nil {
            try run(
                "DELETE FROM families WHERE name = ?2 AND group_id = (SELECT id FROM groups WHERE labels = ?1)",
                .blob(labels),
                .text(family.block.descriptor.name)
            )
        }
        for family in new { try store(family, labels) }
    }

    private func store(_ family: PushGroup.Family, _ labels: [UInt8]) throws(PushDatabaseError) {
        let isText = family.block.fitsText
        let format = ExpositionFormat(isText ? .text1 : .openMetrics, escaping: .allowUTF8)
        let text = encode(merge([Contribution(source: "", families: [family.block])]), as: format)
        try run(
            """
            INSERT OR REPLACE INTO families (group_id, name, time, format, text)
            VALUES ((SELECT id FROM groups WHERE labels = ?1), ?2, ?3, ?4, ?5)
            """,
            .blob(labels),
            .text(family.block.descriptor.name),
            .real(family.time),
            .integer(isText ? 0 : 1),
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
    func load(_ take: (PushGroup) -> Void, number: () -> Int) throws(PushDatabaseError) -> Int {
        var broken = 0
        var groups: [Int64: PushGroup] = [:]
        try rows("SELECT id, labels, pushed, failed, expires FROM groups") { row in
            guard let key = Self.key(row.bytes(1)) else {
                broken += 1
                return
            }
            var group = PushGroup(key: key)
            group.pushed = row.real(2)
            group.failed = row.real(3)
            group.expires = row.isNull(4) ? nil : row.real(4)
            groups[row.integer(0)] = group
        }
        try rows("SELECT group_id, time, format, text FROM families") { row in
            let format: ParseFormat = row.integer(2) == 0 ? .text : .openMetrics
            let blocks = row.bytes(3).withUnsafeBytes { try? ExpositionParser.parse($0, format: format) }
            guard let block = blocks?.first, groups[row.integer(0)] != nil else {
                broken += 1
                return
            }
            let family = PushGroup.Family(block: block, time: row.real(1), number: number())
            groups[row.integer(0)]?.families[block.descriptor.name] = family
        }
        for group in groups.values { take(group) }
        return broken
    }

    private static func key(_ text: [UInt8]) -> GroupingKey? {
        let blocks = text.withUnsafeBytes { try? ExpositionParser.parse($0, format: .text) }
        guard let labels = blocks?.first?.samples.first?.labels else { return nil }
        return GroupingKey(Dictionary(labels.map { ($0.name, $0.value) }) { first, _ in first })
    }

    // MARK: Statements

    private enum Value {
        case null
        case integer(Int64)
        case real(Double)
        case text(String)
        case blob([UInt8])
    }

    private struct Row {
        fileprivate let statement: OpaquePointer

        func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }
        func real(_ column: Int32) -> Double { sqlite3_column_double(statement, column) }
        func isNull(_ column: Int32) -> Bool { sqlite3_column_type(statement, column) == SQLITE_NULL }

        func bytes(_ column: Int32) -> [UInt8] {
            let count = Int(sqlite3_column_bytes(statement, column))
            guard let start = sqlite3_column_blob(statement, column) else { return [] }
            return Array(UnsafeRawBufferPointer(start: start, count: count))
        }
    }

    private func failure() -> PushDatabaseError {
        let message = String(cString: sqlite3_errmsg(handle))
        let code = sqlite3_errcode(handle) & 0xff
        // A file system's own word for a full disk comes as an error of a write.
        let isFull = code == SQLITE_IOERR && [ENOSPC, EDQUOT, EFBIG].contains(sqlite3_system_errno(handle))
        return PushDatabaseError(code: isFull ? SQLITE_FULL : code, message: message, path: path)
    }

    private func run(_ sql: String, _ values: Value...) throws(PushDatabaseError) {
        guard !values.isEmpty else {
            guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw failure() }
            return
        }
        try rows(sql, values) { _ in }
    }

    private func number(_ sql: String) throws(PushDatabaseError) -> Int {
        var result = 0
        try rows(sql) { result = Int($0.integer(0)) }
        return result
    }

    private func text(_ sql: String) throws(PushDatabaseError) -> String {
        var result = ""
        try rows(sql) { result = String(decoding: $0.bytes(0), as: UTF8.self) }
        return result
    }

    private func rows(_ sql: String, _ values: [Value] = [], _ body: (Row) -> Void) throws(PushDatabaseError) {
        guard let prepared = statements.statement(sql, handle) else { throw failure() }
        defer {
            sqlite3_reset(prepared)
            sqlite3_clear_bindings(prepared)
        }
        for (number, value) in values.enumerated() { bind(value, Int32(number + 1), prepared) }
        while true {
            switch sqlite3_step(prepared) {
            case SQLITE_ROW: body(Row(statement: prepared))
            case SQLITE_DONE: return
            default: throw failure()
            }
        }
    }

    /// SQLite copies what it is given.
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    private func bind(_ value: Value, _ number: Int32, _ statement: OpaquePointer) {
        switch value {
        case .null: sqlite3_bind_null(statement, number)
        case .integer(let value): sqlite3_bind_int64(statement, number, value)
        case .real(let value): sqlite3_bind_double(statement, number, value)
        case .text(let text): sqlite3_bind_text(statement, number, text, Int32(text.utf8.count), Self.transient)
        case .blob(let bytes):
            // A null pointer would be NULL.
            _ = bytes.withUnsafeBytes { bytes in
                bytes.isEmpty
                    ? sqlite3_bind_zeroblob(statement, number, 0)
                    : sqlite3_bind_blob64(statement, number, bytes.baseAddress, UInt64(bytes.count), Self.transient)
            }
        }
    }
}

/// Prepared statements by their text: they are few, and preparing one costs more than running it.
private final class StatementCache {
    private var statements: [String: OpaquePointer] = [:]

    /// Nil when it cannot be prepared; the database says why.
    func statement(_ sql: String, _ handle: OpaquePointer) -> OpaquePointer? {
        if let known = statements[sql] { return known }
        var prepared: OpaquePointer?
        guard sqlite3_prepare_v2(handle, sql, -1, &prepared, nil) == SQLITE_OK else { return nil }
        statements[sql] = prepared
        return prepared
    }

    func removeAll() {
        for statement in statements.values { sqlite3_finalize(statement) }
        statements = [:]
    }
}

extension PushDatabase {
    /// Puts a broken database aside as `PATH.corrupt`, in the place of one that was put there before.
    static func setAside(_ path: String) {
        rename(path, path + ".corrupt")
        for suffix in ["-wal", "-shm", "-journal"] { rename(path + suffix, path + ".corrupt" + suffix) }
    }
}
