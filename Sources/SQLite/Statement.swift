import CSQLite

/// A prepared statement; the step after the last row makes it ready for another use.
package final class Statement {
    package enum Value {
        case null
        case number(Int64)
        case real(Double)
        case text(String)
        case blob([UInt8])

        package static func number(_ value: Int) -> Value { .number(Int64(value)) }
    }

    private let handle: OpaquePointer
    private let database: Database

    init(_ handle: OpaquePointer, of database: Database) {
        self.handle = handle
        self.database = database
    }

    deinit { sqlite3_finalize(handle) }

    // MARK: Running

    /// Gives the parameters from the first on their values.
    package func bind(_ values: Value...) throws(SQLiteError) { try bind(values) }

    private func bind(_ values: [Value]) throws(SQLiteError) {
        sqlite3_reset(handle)
        for (number, value) in values.enumerated() {
            guard bind(value, at: Int32(number + 1)) == SQLITE_OK else { throw database.failure() }
        }
    }

    private func bind(_ value: Value, at place: Int32) -> Int32 {
        // SQLITE_TRANSIENT, which the importer does not know: SQLite makes a copy.
        let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        switch value {
        case .null: return sqlite3_bind_null(handle, place)
        case .number(let number): return sqlite3_bind_int64(handle, place, number)
        case .real(let number): return sqlite3_bind_double(handle, place, number)
        case .text(let text): return sqlite3_bind_text(handle, place, text, Int32(text.utf8.count), transient)
        case .blob(let bytes):
            return bytes.withUnsafeBytes { bytes in
                // Without bytes there may be no address, which would bind NULL.
                bytes.isEmpty
                    ? sqlite3_bind_zeroblob(handle, place, 0)
                    : sqlite3_bind_blob64(handle, place, bytes.baseAddress, UInt64(bytes.count), transient)
            }
        }
    }

    /// False when there is no further row.
    package func step() throws(SQLiteError) -> Bool {
        let code = sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        let error = code == SQLITE_DONE ? nil : database.failure()
        reset()
        if let error { throw error }
        return false
    }

    /// Runs a statement that gives no rows.
    package func run(_ values: Value...) throws(SQLiteError) {
        try bind(values)
        while try step() {}
    }

    /// The one number that a query gives; 0 when it gives none.
    package func value(_ values: Value...) throws(SQLiteError) -> Int64 {
        try bind(values)
        defer { reset() }
        return try step() ? number(0) : 0
    }

    /// Ends a query before its last row, and lets go of the values.
    package func reset() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    // MARK: The row

    package func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    package func number(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    package func real(_ column: Int32) -> Double { sqlite3_column_double(handle, column) }

    package func text(_ column: Int32) -> String { String(decoding: bytes(column), as: UTF8.self) }

    package func bytes(_ column: Int32) -> [UInt8] {
        guard let base = sqlite3_column_blob(handle, column) else { return [] }
        return Array(UnsafeRawBufferPointer(start: base, count: Int(sqlite3_column_bytes(handle, column))))
    }
}
