import SQLite

/// The queue's tables in one SQLite file.
///
/// Everything that is written is on disk when the call returns, also where the power fails.
final class QueueStore {
    /// What the file is known by (`PRAGMA application_id`), "hubq".
    private static let application = 0x6875_6271
    private static let version = 1

    private let database: Database
    private let insertFamily: Statement
    private let insertSeries: Statement
    private let insertRow: Statement
    private let endSeries: Statement
    private let selectRows: Statement
    private let selectSeries: Statement
    private let selectFamily: Statement
    private let deleteRow: Statement
    private let deleteSeries: Statement
    private let oldest: Statement
    private let usedPages: Statement
    private let writeSetting: Statement

    init(path: String) throws(SQLiteError) {
        database = try Database(path: path, .init(logLimit: 4 << 20, givesPagesBack: true))
        try Self.prepare(database)
        insertFamily = try database.prepare("INSERT OR REPLACE INTO families VALUES (?, ?, ?, ?, ?)")
        insertSeries = try database.prepare(
            "INSERT OR REPLACE INTO series (id, part, labels, family) VALUES (?, ?, ?, ?)"
        )
        insertRow = try database.prepare("INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?, ?, ?)")
        endSeries = try database.prepare("UPDATE series SET ended = ? WHERE id = ?")
        selectRows = try database.prepare(
            "SELECT id, time, samples, size, data FROM rows WHERE shard = ? AND id > ? ORDER BY id"
        )
        selectSeries = try database.prepare("SELECT labels, family FROM series WHERE id = ?")
        selectFamily = try database.prepare("SELECT name, kind, help, unit FROM families WHERE id = ?")
        deleteRow = try database.prepare("DELETE FROM rows WHERE id = ?")
        deleteSeries = try database.prepare(
            "DELETE FROM series WHERE ended IS NOT NULL AND ended < coalesce((SELECT min(id) FROM rows), ended + 1)"
        )
        oldest = try database.prepare("SELECT id, time, samples FROM rows ORDER BY id")
        writeSetting = try database.prepare("INSERT OR REPLACE INTO settings VALUES (?, ?)")
        usedPages = try database.prepare(
            "SELECT (page_count - freelist_count) * page_size "
                + "FROM pragma_page_count, pragma_freelist_count, pragma_page_size"
        )
    }

    private static func prepare(_ database: Database) throws(SQLiteError) {
        try database.execute("PRAGMA cache_size = -1024")
        let found = try database.prepare("PRAGMA user_version").value()
        guard found == 0 || found == version else {
            throw SQLiteError(.damaged, "has version \(found), this program knows \(version)", path: database.path)
        }
        try database.transaction { () throws(SQLiteError) in
            try database.execute(
                """
                PRAGMA application_id = \(application);
                PRAGMA user_version = \(version);
                CREATE TABLE IF NOT EXISTS families
                    (id INTEGER PRIMARY KEY, name BLOB, kind INTEGER, help BLOB, unit BLOB);
                CREATE TABLE IF NOT EXISTS series
                    (id INTEGER PRIMARY KEY, part BLOB, labels BLOB, family INTEGER, ended INTEGER);
                CREATE INDEX IF NOT EXISTS ended_series ON series (ended) WHERE ended IS NOT NULL;
                CREATE TABLE IF NOT EXISTS rows
                    (id INTEGER PRIMARY KEY, shard INTEGER, time INTEGER, samples INTEGER, size INTEGER, data BLOB);
                CREATE INDEX IF NOT EXISTS shard_rows ON rows (shard, id);
                CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value INTEGER);
                DELETE FROM families WHERE id NOT IN (SELECT family FROM series);
                """
            )
        }
    }

    // MARK: Writing

    /// Writes what was collected, in one transaction.
    func write(_ parts: [Prepared]) throws(SQLiteError) {
        try database.transaction { () throws(SQLiteError) in
            for part in parts {
                for (number, family) in part.families {
                    try insertFamily.run(
                        .number(number),
                        .bytes(family.name),
                        .number(Int(family.kind.rawValue)),
                        .bytes(family.help),
                        .bytes(family.unit)
                    )
                }
                for one in part.series {
                    try insertSeries.run(
                        .number(one.number),
                        .bytes(one.part),
                        .blob(one.record.labels.bytes),
                        .number(one.record.family)
                    )
                }
                for row in part.rows {
                    try insertRow.run(
                        .number(row.id),
                        .number(row.shard),
                        .number(row.time),
                        .number(row.samples.count),
                        .number(row.size),
                        .blob(SampleBlock.encode(row.samples[...]))
                    )
                }
                for number in part.ended { try endSeries.run(.number(part.lastRow), .number(number)) }
            }
            let time = parts.flatMap(\.rows).map(\.time).max()
            if let time { try writeSetting.run(.bytes("last_time"), .number(time)) }
        }
    }

    /// Takes rows away, and series that only they spoke of.
    func delete(_ rows: [Int64]) throws(SQLiteError) {
        try database.transaction { () throws(SQLiteError) in
            for row in rows { try deleteRow.run(.number(row)) }
            try deleteSeries.run()
        }
    }

    /// Gives pages that are not used back to the file system; to be called when there is little in the file.
    func shrink() throws(SQLiteError) { try database.execute("PRAGMA incremental_vacuum(1000)") }

    /// Moves what is in the log to its place and gives the log's room back.
    func emptyLog() throws(SQLiteError) { try database.emptyLog() }

    // MARK: Reading

    struct RowHead {
        let id: Int64
        let time: Int64
        let samples: Int
        let size: Int
    }

    /// The rows of a shard behind one, oldest first, until `body` answers false; it is given the data to decode.
    func rows(
        of shard: Int,
        after id: Int64,
        _ body: (RowHead, () -> [UInt8]) -> Bool
    ) throws(SQLiteError) {
        try selectRows.bind(.number(shard), .number(id))
        defer { selectRows.reset() }
        while try selectRows.step() {
            let head = RowHead(
                id: selectRows.number(0),
                time: selectRows.number(1),
                samples: Int(selectRows.number(2)),
                size: Int(selectRows.number(3))
            )
            guard body(head, { selectRows.bytes(4) }) else { return }
        }
    }

    /// Rows from the oldest on, until `body` answers false.
    func oldest(_ body: (RowHead) -> Bool) throws(SQLiteError) {
        try oldest.bind()
        defer { oldest.reset() }
        while try oldest.step() {
            let head = RowHead(id: oldest.number(0), time: oldest.number(1), samples: Int(oldest.number(2)), size: 0)
            guard body(head) else { return }
        }
    }

    func series(_ number: Int64) throws(SQLiteError) -> SeriesRecord? {
        try selectSeries.bind(.number(number))
        defer { selectSeries.reset() }
        guard try selectSeries.step() else { return nil }
        return LabelSet(encoded: selectSeries.bytes(0)).map { SeriesRecord(labels: $0, family: selectSeries.number(1)) }
    }

    func family(_ number: Int64) throws(SQLiteError) -> MetricMetadata? {
        try selectFamily.bind(.number(number))
        defer { selectFamily.reset() }
        guard try selectFamily.step() else { return nil }
        return MetricMetadata(
            name: selectFamily.text(0),
            kind: .init(rawValue: UInt8(clamping: selectFamily.number(1))) ?? .unknown,
            help: selectFamily.text(2),
            unit: selectFamily.text(3)
        )
    }

    /// Bytes of the pages in use.
    var usedBytes: Int {
        get throws(SQLiteError) { Int(try usedPages.value()) }
    }

    // MARK: Restart

    /// Families and series that have not ended.
    func liveSeries() throws(SQLiteError) -> (families: [(Int64, MetricMetadata)], series: [Intake.NewSeries]) {
        var families: [(Int64, MetricMetadata)] = []
        let allFamilies = try database.prepare("SELECT id FROM families")
        while try allFamilies.step() {
            let number = allFamilies.number(0)
            if let family = try family(number) { families.append((number, family)) }
        }
        var series: [Intake.NewSeries] = []
        let all = try database.prepare("SELECT id, part, labels, family FROM series WHERE ended IS NULL")
        while try all.step() {
            guard let labels = LabelSet(encoded: all.bytes(2)) else { continue }
            let record = SeriesRecord(labels: labels, family: all.number(3))
            series.append(.init(number: all.number(0), record: record, part: all.text(1)))
        }
        return (families, series)
    }

    struct Totals {
        var rows = 0
        var samples = 0
        /// The highest numbers in use.
        var lastRow: Int64 = 0
        var lastSeries: Int64 = 0
        var lastFamily: Int64 = 0
    }

    func totals() throws(SQLiteError) -> Totals {
        Totals(
            rows: Int(try database.prepare("SELECT count(*) FROM rows").value()),
            samples: Int(try database.prepare("SELECT coalesce(sum(samples), 0) FROM rows").value()),
            lastRow: max(
                try database.prepare("SELECT coalesce(max(id), 0) FROM rows").value(),
                try database.prepare("SELECT coalesce(max(ended), 0) FROM series").value()
            ),
            lastSeries: try database.prepare("SELECT coalesce(max(id), 0) FROM series").value(),
            lastFamily: try database.prepare("SELECT coalesce(max(id), 0) FROM families").value()
        )
    }

    func setting(_ name: String) throws(SQLiteError) -> Int64 {
        try database.prepare("SELECT value FROM settings WHERE name = ?").value(.bytes(name))
    }

    func set(_ name: String, _ value: Int64) throws(SQLiteError) {
        try writeSetting.run(.bytes(name), .number(value))
    }

    /// Puts all rows into one shard, in which they stay in order.
    func gatherRows(in shard: Int) throws(SQLiteError) {
        try database.prepare("UPDATE rows SET shard = ?").run(.number(shard))
    }
}

/// What was collected, cut into rows with their numbers.
struct Prepared {
    struct Row {
        let id: Int64
        let shard: Int
        /// Milliseconds, of the youngest sample.
        let time: Int64
        /// About the bytes of the message that it becomes.
        let size: Int
        let samples: [SeriesSample]
    }

    var families: [(Int64, MetricMetadata)] = []
    var series: [Intake.NewSeries] = []
    var rows: [Row] = []
    var ended: [Int64] = []
    /// The number of the last row of this collection, behind which ended series are not spoken of.
    var lastRow: Int64 = 0
}

extension Statement.Value {
    /// A text as its bytes: so files have them since the first version.
    fileprivate static func bytes(_ text: String) -> Self { .blob(Array(text.utf8)) }
}
