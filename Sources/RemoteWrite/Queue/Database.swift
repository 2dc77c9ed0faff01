import CSQLite

/// One SQLite database, used by one thread at a time.
///
/// Errors name the file and give SQLite's own words.
final class Database {
    private let handle: OpaquePointer
    let path: String

    /// Opens or makes the file.
    init(path: String) throws(QueueError) {
        self.path = path
        var handle: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
        let status = sqlite3_open_v2(path, &handle, flags, nil)
        guard let handle, status == SQLITE_OK else {
            let words = handle.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
            sqlite3_close_v2(handle)
            throw Self.error(status, words, path)
        }
        self.handle = handle
        sqlite3_extended_result_codes(handle, 1)
    }

    deinit { sqlite3_close_v2(handle) }

    func execute(_ sql: String) throws(QueueError) {
        let status = sqlite3_exec(handle, sql, nil, nil, nil)
        guard status == SQLITE_OK else { throw error(status) }
    }

    func prepare(_ sql: String) throws(QueueError) -> Statement {
        var statement: OpaquePointer?
        let status = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard let statement, status == SQLITE_OK else { throw error(status) }
        return Statement(statement, of: self)
    }

    /// Runs `body` as one transaction that is on disk when this returns.
    func transaction(_ body: () throws(QueueError) -> Void) throws(QueueError) {
        try execute("BEGIN IMMEDIATE")
        do throws(QueueError) {
            try body()
            try execute("COMMIT")
        } catch {
            // SQLite has rolled back already where the error was bad enough.
            try? execute("ROLLBACK")
            throw error
        }
    }

    /// Rows that the last statement changed.
    var changes: Int { Int(sqlite3_changes64(handle)) }

    func error(_ status: Int32) -> QueueError {
        Self.error(status, String(cString: sqlite3_errmsg(handle)), path)
    }

    private static func error(_ status: Int32, _ words: String, _ path: String) -> QueueError {
        let text = "\(path): \(words)"
        switch status & 0xFF {
        case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FORMAT, SQLITE_MISMATCH: return .damaged(text)
        case SQLITE_BUSY, SQLITE_LOCKED: return .busy("\(text), does another hub use it?")
        case SQLITE_FULL: return .full(text)
        default: return .failed(text)
        }
    }
}

/// A prepared statement; the step after the last row makes it ready for another use.
final class Statement {
    enum Value {
        case number(Int64)
        case blob([UInt8])

        static func number(_ value: Int) -> Value { .number(Int64(value)) }
        static func text(_ text: String) -> Value { .blob(Array(text.utf8)) }
    }

    private let handle: OpaquePointer
    private let database: Database

    fileprivate init(_ handle: OpaquePointer, of database: Database) {
        self.handle = handle
        self.database = database
    }

    deinit { sqlite3_finalize(handle) }

    /// Gives the parameters from the first on their values.
    func bind(_ values: Value...) throws(QueueError) {
        try bind(values)
    }

    private func bind(_ values: [Value]) throws(QueueError) {
        sqlite3_reset(handle)
        // SQLITE_TRANSIENT, which the importer does not know: SQLite makes a copy.
        let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        for (number, value) in values.enumerated() {
            let place = Int32(number + 1)
            let status =
                switch value {
                case .number(let number): sqlite3_bind_int64(handle, place, number)
                case .blob(let bytes):
                    bytes.withUnsafeBytes { bytes in
                        // Without bytes there may be no address, which would bind NULL.
                        bytes.isEmpty
                            ? sqlite3_bind_zeroblob(handle, place, 0)
                            : sqlite3_bind_blob64(handle, place, bytes.baseAddress, UInt64(bytes.count), transient)
                    }
                }
            guard status == SQLITE_OK else { throw database.error(status) }
        }
    }

    /// False when there is no further row.
    func step() throws(QueueError) -> Bool {
        let status = sqlite3_step(handle)
        if status == SQLITE_ROW { return true }
        let error = status == SQLITE_DONE ? nil : database.error(status)
        sqlite3_reset(handle)
        if let error { throw error }
        return false
    }

    /// Runs a statement that gives no rows.
    func run(_ values: Value...) throws(QueueError) {
        try bind(values)
        while try step() {}
    }

    /// The one number that a query gives; 0 when it gives none.
    func value(_ values: Value...) throws(QueueError) -> Int64 {
        try bind(values)
        defer { reset() }
        return try step() ? number(0) : 0
    }

    /// Ends a query before its last row.
    func reset() { sqlite3_reset(handle) }

    func number(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    func text(_ column: Int32) -> String { String(decoding: bytes(column), as: UTF8.self) }

    func bytes(_ column: Int32) -> [UInt8] {
        guard let base = sqlite3_column_blob(handle, column) else { return [] }
        return Array(UnsafeRawBufferPointer(start: base, count: Int(sqlite3_column_bytes(handle, column))))
    }
}
