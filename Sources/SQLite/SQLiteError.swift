import CSQLite
import Glibc

/// Why a database could not do something, in SQLite's own words.
package struct SQLiteError: Error, Equatable, CustomStringConvertible {
    /// What a user can do about it.
    package enum Kind: String, Sendable, CaseIterable {
        /// Another process has the file.
        case busy
        /// The file is none of SQLite's, or a damaged one.
        case damaged
        /// Anything else that SQLite, the disk or the file system says.
        case failed
        /// There is no room on the disk.
        case full
    }

    package let kind: Kind
    /// SQLite's extended result code; 0 where the program itself found the fault.
    package let code: Int32
    package let message: String
    /// The database's file.
    package let path: String

    package init(_ kind: Kind, _ message: String, path: String) {
        (self.kind, code, self.message, self.path) = (kind, 0, message, path)
    }

    init(code: Int32, systemError: Int32, message: String, path: String) {
        kind = Self.kind(code, systemError)
        (self.code, self.message, self.path) = (code, message, path)
    }

    package var description: String {
        "\(path): \(message)" + (kind == .busy ? ", does another process use it?" : "")
    }

    private static func kind(_ code: Int32, _ systemError: Int32) -> Kind {
        switch code & 0xff {
        case SQLITE_BUSY, SQLITE_LOCKED: .busy
        case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FORMAT, SQLITE_MISMATCH: .damaged
        case SQLITE_FULL: .full
        // A file system's own word for a full disk comes as an error of a write.
        case SQLITE_IOERR: [ENOSPC, EDQUOT, EFBIG].contains(systemError) ? .full : .failed
        default: .failed
        }
    }
}
