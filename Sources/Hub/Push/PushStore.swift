import Exposition
import Logging
import NIOCore
import NIOPosix
import SQLite
import Synchronization

/// The groups, and the one thread that changes them.
///
/// A write is answered when it is on the disk. Writes that come while a commit is under way share the next one.
final class PushStore: Sendable {
    /// Between two looks for groups whose time is over; they are not served meanwhile.
    static let expiryInterval = Duration.seconds(5)
    /// Writes of one commit.
    private static let batchLimit = 512

    private struct Waiting {
        let write: PushWrite
        let answer: CheckedContinuation<PushRefusal?, Never>
    }

    private struct Queue {
        var waiting: [Waiting] = []
        var isRunning = false
        var isShut = false
    }

    /// What the thread works on; nobody else touches it.
    private struct Worker: ~Copyable {
        var state: PushState
        /// Nil while it cannot be opened.
        var database: PushDatabase?
    }

    let configuration: PushConfiguration
    let counters = PushCounters()
    private let path: String
    private let logger: Logger
    private let worker: Mutex<Worker>
    private let queue = Mutex(Queue())
    private let published: Mutex<[GroupingKey: PushGroup]>
    private let thread = NIOThreadPool(numberOfThreads: 1)

    /// The store of a configuration; nil when pushing is off.
    static func make(_ configuration: HubConfiguration, logger: Logger) throws(SQLiteError) -> PushStore? {
        guard configuration.push.isEnabled else { return nil }
        return try PushStore(configuration.push, folder: configuration.stateDirectory, logger: logger)
    }

    /// Opens the database in a folder, which is made; a broken one is put aside and reported.
    init(_ configuration: PushConfiguration, folder: String, logger: Logger) throws(SQLiteError) {
        self.configuration = configuration
        self.logger = logger
        path = folder + "/pushes.db"
        var state = PushState(configuration.limits)
        let database = try Self.open(path, &state, counters, logger)
        published = Mutex(state.groups)
        worker = Mutex(Worker(state: state, database: database))
        thread.start()
    }

    private static func open(
        _ path: String,
        _ state: inout PushState,
        _ counters: PushCounters,
        _ logger: Logger
    ) throws(SQLiteError) -> PushDatabase {
        do throws(SQLiteError) {
            return try load(path, &state, logger)
        } catch {
            guard error.kind == .damaged else { throw error }
            logger.error(
                "pushed metrics are lost: the database is broken and put aside",
                metadata: ["database": "\(path)", "error": "\(error.message)"]
            )
            counters.count { $0.resets += 1 }
            PushDatabase.setAside(path)
            state = PushState(state.limits)
            return try load(path, &state, logger)
        }
    }

    private static func load(
        _ path: String,
        _ state: inout PushState,
        _ logger: Logger
    ) throws(SQLiteError) -> PushDatabase {
        let database = try PushDatabase(path: path)
        var loaded = state
        var groups: [PushGroup] = []
        let broken = try database.load {
            groups.append($0)
        } number: {
            loaded.nextNumber()
        }
        for group in groups { loaded.set(group, for: group.key) }
        if broken > 0 {
            logger.error("pushed metrics cannot be read", metadata: ["database": "\(path)", "families": "\(broken)"])
        }
        state = loaded
        return database
    }

    // MARK: Reading

    /// The groups whose time is not over, sorted by their labels.
    func groups(at time: Double) -> [PushGroup] {
        let groups = published.withLock { $0 }
        return groups.values.filter { !$0.isExpired(at: time) }.sorted { first, second in
            first.key.labels.lexicographicallyPrecedes(second.key.labels) { ($0.name, $0.value) < ($1.name, $1.value) }
        }
    }

    var queueLength: Int { queue.withLock { $0.waiting.count } }

    // MARK: Writing

    /// Carries a write out; nil when it is done and will survive a power cut.
    func submit(_ write: PushWrite) async -> PushRefusal? {
        await withCheckedContinuation { answer in
            enum Place { case full, queued, first }
            let place = queue.withLock { queue -> Place in
                guard !queue.isShut, queue.waiting.count < configuration.limits.queue else { return .full }
                queue.waiting.append(Waiting(write: write, answer: answer))
                defer { queue.isRunning = true }
                return queue.isRunning ? .queued : .first
            }
            switch place {
            case .full: answer.resume(returning: .queueFull)
            case .queued: break
            case .first: thread.submit { [self] _ in drain() }
            }
        }
    }

    /// Works until nothing waits.
    private func drain() {
        while true {
            let batch = queue.withLock { queue -> [Waiting] in
                let batch = Array(queue.waiting.prefix(Self.batchLimit))
                queue.waiting.removeFirst(batch.count)
                if batch.isEmpty { queue.isRunning = false }
                return batch
            }
            guard !batch.isEmpty else { return }
            let answers = worker.withLock { carryOut(batch.map(\.write), &$0) }
            for (waiting, answer) in zip(batch, answers) { waiting.answer.resume(returning: answer) }
        }
    }

    /// Carries writes out in one commit; when that fails and they are several, each in its own.
    private func carryOut(_ writes: [PushWrite], _ worker: inout Worker) -> [PushRefusal?] {
        var changes: [PushState.Change] = []
        var refusals: [PushRefusal?] = []
        for write in writes {
            let (new, refusal) = worker.state.apply(write)
            changes += new
            refusals.append(refusal)
        }
        do throws(SQLiteError) {
            try store(changes, &worker)
        } catch {
            worker.state.undo(changes)
            // On a full disk the log may be what fills it.
            if error.kind == .full { worker.database?.truncateLog() }
            guard writes.count == 1 else { return writes.flatMap { carryOut([$0], &worker) } }
            logger.error("pushed metrics cannot be stored", metadata: ["error": "\(error)"])
            return [error.kind == .full ? .diskFull(error.message) : .storage(error.message)]
        }
        publish(changes)
        counters.count { counts in
            counts.commits += 1
            counts.writes += writes.count
            for (write, new) in zip(writes, refusals) where new == nil && write.kind == .expire {
                counts.expired += changes.count { $0.after == nil }
            }
        }
        return refusals
    }

    private func publish(_ changes: [PushState.Change]) {
        published.withLock { groups in
            for change in changes { groups[change.key] = change.after }
        }
    }

    private func store(_ changes: [PushState.Change], _ worker: inout Worker) throws(SQLiteError) {
        guard !changes.isEmpty else { return }
        if worker.database == nil { worker.database = try remake(&worker) }
        do throws(SQLiteError) {
            try worker.database?.store(changes)
        } catch {
            guard error.kind == .damaged else { throw error }
            logger.error(
                "the database of pushed metrics is broken; it is put aside and written anew",
                metadata: ["database": "\(path)", "error": "\(error.message)"]
            )
            counters.count { $0.resets += 1 }
            worker.database = nil
            PushDatabase.setAside(path)
            worker.database = try remake(&worker)
        }
    }

    /// A new database with all that is known.
    private func remake(_ worker: inout Worker) throws(SQLiteError) -> PushDatabase {
        let database = try PushDatabase(path: path)
        try database.store(
            worker.state.groups.map { PushState.Change(key: $0.key, before: nil, after: $0.value) }
        )
        return database
    }

    /// Drops the groups whose time is over.
    func expire(at time: Double) async {
        let hasExpired = published.withLock { groups in groups.values.contains { $0.isExpired(at: time) } }
        guard hasExpired else { return }
        _ = await submit(PushWrite(kind: .expire, time: time))
    }

    /// Waits for what is queued, and closes the database.
    func shutdown() async {
        queue.withLock { $0.isShut = true }
        try? await thread.shutdownGracefully()
        worker.withLock { $0.database = nil }
    }
}

/// Counts of what was done with pushes.
final class PushCounters: Sendable {
    struct Counts: Sendable {
        var commits = 0
        var writes = 0
        var expired = 0
        var resets = 0
        var accepted: [String: Int] = ["PUT": 0, "POST": 0, "DELETE": 0]
        var rejected: [String: Int] = Dictionary(uniqueKeysWithValues: PushRefusal.labels.map { ($0, 0) })
    }

    private let state = Mutex(Counts())

    func snapshot() -> Counts { state.withLock { $0 } }

    func count(_ change: (inout Counts) -> Void) { state.withLock { change(&$0) } }
}
