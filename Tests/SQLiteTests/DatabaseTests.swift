import Foundation
import SQLite
import Testing

@Suite struct DatabaseTests {
    private let path = FileManager.default.temporaryDirectory.appending(path: "sqlite-\(UUID().uuidString).db").path

    private func open() throws(SQLiteError) -> Database { try Database(path: path, .init(logLimit: 1 << 20)) }

    private func remove() {
        for suffix in ["", "-wal", ".aside"] { try? FileManager.default.removeItem(atPath: path + suffix) }
    }

    @Test func valuesComeBackAsTheyWereStored() throws {
        defer { remove() }
        let database = try open()
        try database.execute("CREATE TABLE t (a, b, c, d, e)")
        let insert = try database.prepare("INSERT INTO t VALUES (?, ?, ?, ?, ?)")
        try insert.run(.null, .number(Int64.min), .real(0.1), .text("a\u{0}ü"), .blob([0, 255]))
        try insert.run(.null, .number(1), .real(-.infinity), .text(""), .blob([]))
        let row = try database.prepare("SELECT a, b, c, d, e FROM t ORDER BY b")
        #expect(try row.step())
        #expect(row.isNull(0) && row.number(1) == .min && row.real(2) == 0.1)
        #expect(row.text(3) == "a\u{0}ü" && row.bytes(4) == [0, 255])
        #expect(try row.step())
        #expect(row.real(2) == -.infinity && row.text(3).isEmpty && !row.isNull(4) && row.bytes(4).isEmpty)
        #expect(try !row.step())
        #expect(try row.step())
    }

    @Test func aFailedTransactionLeavesNothing() throws {
        defer { remove() }
        let database = try open()
        try database.execute("CREATE TABLE t (a INTEGER PRIMARY KEY)")
        let insert = try database.prepare("INSERT INTO t VALUES (?)")
        let error = #expect(throws: SQLiteError.self) {
            try database.transaction { () throws(SQLiteError) in
                try insert.run(.number(1))
                try insert.run(.number(1))
            }
        }
        #expect(error?.kind == .failed && error?.description == "\(path): UNIQUE constraint failed: t.a")
        #expect(error?.code == 1555)
        let count = try database.prepare("SELECT count(*) FROM t")
        #expect(try count.value() == 0)
        try database.transaction { () throws(SQLiteError) in try insert.run(.number(1)) }
        #expect(try count.value() == 1)
    }

    @Test func commitsAreForcedToTheDisk() throws {
        defer { remove() }
        let database = try open()
        #expect(try database.prepare("PRAGMA synchronous").value() == 2)
        let mode = try database.prepare("PRAGMA journal_mode")
        #expect(try mode.step() && mode.text(0) == "wal")
    }

    @Test func aFileThatAnotherHasIsBusy() throws {
        defer { remove() }
        let first = try open()
        try first.execute("CREATE TABLE t (a)")
        let error = #expect(throws: SQLiteError.self) { try open() }
        #expect(error?.kind == .busy)
        #expect(error?.description == "\(path): database is locked, does another process use it?")
    }

    @Test func aFileOfAnotherKindIsDamagedAndCanBePutAside() throws {
        defer { remove() }
        let content = Data(repeating: 65, count: 5_000)
        try content.write(to: URL(filePath: path))
        let error = #expect(throws: SQLiteError.self) { try open() }
        #expect(error?.kind == .damaged && error?.message == "file is not a database")
        Database.setAside(path, as: path + ".aside")
        #expect(try Data(contentsOf: URL(filePath: path + ".aside")) == content)
        try open().execute("CREATE TABLE t (a)")
    }

    @Test func aPathThatCannotBeOpenedIsNamed() {
        let error = #expect(throws: SQLiteError.self) {
            try Database(path: "/proc/none/a.db", .init(logLimit: 1 << 20))
        }
        #expect(error?.kind == .failed && error?.description == "/proc/none/a.db: unable to open database file")
    }

    @Test func aFullFileSystemIsFull() throws {
        defer { remove() }
        let database = try open()
        try database.execute("CREATE TABLE t (a); PRAGMA max_page_count = 3")
        let error = #expect(throws: SQLiteError.self) {
            try database.prepare("INSERT INTO t VALUES (?)").run(.blob(Array(repeating: 1, count: 100_000)))
        }
        #expect(error?.kind == .full && error?.message == "database or disk is full")
    }
}
