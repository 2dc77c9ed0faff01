import CSQLite
import Glibc

/// One SQLite database in a file that no other process may use meanwhile; to be used by one thread at a time.
///
/// Write-ahead log with `synchronous=FULL`: a commit returns when its pages are on the disk.
package final class Database {
    /// What differs between databases.
    package struct Options: Sendable {
        /// Bytes that the log's file keeps when it is empty.
        package var logLimit: Int
        /// Whether unused pages can be given back by `PRAGMA incremental_vacuum`.
        package var givesPagesBack: Bool

        package init(logLimit: Int, givesPagesBack: Bool = false) {
            self.logLimit = logLimit
            self.givesPagesBack = givesPagesBack
        }
    }

    let handle: OpaquePointer
    package let path: String

    /// Opens or makes the file.
    package init(path: String, _ options: Options) throws(SQLiteError) {
        self.path = path
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
        let code = sqlite3_open_v2(path, &opened, flags, nil)
        guard let opened, code == SQLITE_OK else {
            let message = opened.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
            let systemError = opened.map { sqlite3_system_errno($0) } ?? 0
            sqlite3_close_v2(opened)
            throw SQLiteError(code: code, systemError: systemError, message: message, path: path)
        }
        handle = opened
        sqlite3_extended_result_codes(handle, 1)
        try prepare(options)
    }

    deinit { sqlite3_close_v2(handle) }

    private func prepare(_ options: Options) throws(SQLiteError) {
        // The index of the log then needs no shared memory, which a full disk could take away.
        try execute("PRAGMA locking_mode = EXCLUSIVE")
        try execute("PRAGMA temp_store = MEMORY")
        // Before the first page is written.
        if options.givesPagesBack { try execute("PRAGMA auto_vacuum = INCREMENTAL") }
        try execute("PRAGMA journal_mode = WAL")
        try execute("PRAGMA synchronous = FULL")
        // Debian's build writes zeros over what is deleted, for which a full disk has no room.
        try execute("PRAGMA secure_delete = OFF")
        try execute("PRAGMA journal_size_limit = \(options.logLimit)")
        syncFolder()
    }

    /// Makes sure that the file's name survives a power cut too; SQLite does that for its log.
    private func syncFolder() {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let descriptor = open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    // MARK: Statements

    /// Runs statements without parameters and without interest in their rows.
    package func execute(_ sql: String) throws(SQLiteError) {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw failure() }
    }

    /// A statement that is used many times.
    package func prepare(_ sql: String) throws(SQLiteError) -> Statement {
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard let statement, code == SQLITE_OK else { throw failure() }
        return Statement(statement, of: self)
    }

    /// Runs `body` as one transaction that is on disk when this returns; when it throws, nothing has changed.
    package func transaction(_ body: () throws(SQLiteError) -> Void) throws(SQLiteError) {
        try execute("BEGIN IMMEDIATE")
        do throws(SQLiteError) {
            try body()
            try execute("COMMIT")
        } catch {
            // Some errors have rolled it back already.
            if sqlite3_get_autocommit(handle) == 0 { try? execute("ROLLBACK") }
            throw error
        }
    }

    /// Moves the log's pages into the file and gives the log's room back.
    package func emptyLog() throws(SQLiteError) { try execute("PRAGMA wal_checkpoint(TRUNCATE)") }

    /// What the last call failed with.
    func failure() -> SQLiteError {
        SQLiteError(
            code: sqlite3_extended_errcode(handle),
            systemError: sqlite3_system_errno(handle),
            message: String(cString: sqlite3_errmsg(handle)),
            path: path
        )
    }
}

extension Database {
    /// Moves a damaged file, which nobody has open, and its log out of the way; what was put there before is replaced.
    package static func setAside(_ path: String, as name: String) {
        for suffix in ["", "-wal", "-shm", "-journal"] where rename(path + suffix, name + suffix) != 0 {
            unlink(path + suffix)
        }
    }
}
