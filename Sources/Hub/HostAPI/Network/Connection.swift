import NIOCore

/// Something a plugin keeps open, from one run to the next if it likes.
class Connection {
    /// Seconds without use before the host closes it, where the plugin gives none.
    static let idleTimeout = 60.0

    let id: Int
    /// For messages: `192.0.2.1:23`.
    let place: String
    let idleTimeout: TimeAmount
    private(set) var lastUse = NIODeadline.now()
    /// The call that is under way; there is one at a time.
    private(set) var operation: OperationHandle?
    /// The run that used it last.
    fileprivate(set) var run: Int?
    /// What it takes by itself, and its buffers; set when it comes into the table.
    fileprivate var hold: MemoryHold?
    fileprivate var buffers: MemoryHold?
    /// Bytes that have come and were not taken.
    var incoming = 0 { didSet { holdBuffers() } }
    /// Bytes that are on their way out.
    var outgoing = 0 { didSet { holdBuffers() } }
    /// Called once, when the script can use it no longer.
    fileprivate var onClose: (() -> Void)?
    /// Called once, when nothing of it is left.
    fileprivate var onGone: (() -> Void)?

    init(id: Int, place: String, idleTimeout: Double?) {
        self.id = id
        self.place = place
        self.idleTimeout = TimeAmount(seconds: idleTimeout ?? Self.idleTimeout)
    }

    fileprivate func holdBuffers() { buffers?.set(incoming + outgoing, for: operation?.run) }

    var isBusy: Bool { operation.map { !$0.isDone } ?? false }
    /// The peer has closed it, and nothing is left to be read.
    var isEnded: Bool { false }

    /// Ends it without waiting; a protocol that takes leave does so in the background.
    func close() {
        leave()
        gone()
    }

    /// The script can use it no longer; a protocol may still take leave.
    func leave() {
        let onClose = onClose
        self.onClose = nil
        onClose?()
    }

    func gone() {
        hold = nil
        buffers = nil
        let onGone = onGone
        self.onGone = nil
        onGone?()
    }

    /// Notes the call under way.
    ///
    /// When its run is cancelled, the connection is in an unknown state and is closed.
    func begin(_ handle: OperationHandle) {
        operation = handle
        run = handle.run.id
        lastUse = .now()
        handle.onCancel = { [weak self] in self?.close() }
    }

    func finish(_ result: OperationResult) { takeOperation()?.finish(result) }

    /// Closes the connection, then answers the call: the script may go on at once, and finds it closed.
    func finishClosed(_ result: OperationResult) {
        let handle = takeOperation()
        close()
        handle?.finish(result)
    }

    private func takeOperation() -> OperationHandle? {
        defer { operation = nil }
        lastUse = .now()
        return operation
    }
}

/// The open connections of one plugin, by the number that Lua knows.
final class ConnectionTable {
    /// The most and the least time between looks for idle ones.
    static let sweepInterval = (most: TimeAmount.seconds(5), least: TimeAmount.milliseconds(10))

    private let eventLoop: any EventLoop
    private let memory: HostMemory
    private var connections: [Int: Connection] = [:]
    private var nextID = 1
    private var sweeper: Scheduled<Void>?
    /// Those that are taking leave.
    private var leaving: [Int: Connection] = [:] {
        didSet { report() }
    }
    /// Set once everything is to be closed.
    private var end: EventLoopPromise<Void>?
    /// Connections that are being opened, and requests that are under way.
    fileprivate var reserved = 0 {
        didSet { report() }
    }

    init(eventLoop: any EventLoop, memory: HostMemory) {
        self.eventLoop = eventLoop
        self.memory = memory
    }

    private func report() { memory.setConnections(connections.count + leaving.count + reserved) }

    /// What counts for the limit.
    var count: Int { connections.values.lazy.filter { !$0.isEnded }.count + reserved }

    /// Counts a connection that is not in the table, or not yet.
    func reserve() -> Reservation { Reservation(self) }

    func newID() -> Int {
        defer { nextID += 1 }
        return nextID
    }

    /// Takes a connection that a run has opened.
    func insert(_ connection: Connection, run: CollectRun, of instance: PluginInstance) {
        guard end == nil else { return connection.close() }
        let id = connection.id
        connection.run = run.id
        connections[id] = connection
        report()
        connection.hold = MemoryHold(.connections, of: instance)
        connection.hold?.set(MemoryHold.connectionSize, for: run)
        connection.buffers = MemoryHold(.buffers, of: instance)
        connection.holdBuffers()
        connection.onClose = { [weak self] in
            guard let self else { return }
            leaving[id] = connections.removeValue(forKey: id)
        }
        connection.onGone = { [weak self] in
            self?.leaving[id] = nil
            self?.finishIfEmpty()
        }
        scheduleSweep()
    }

    func connection<Kind: Connection>(_ id: Int, as kind: Kind.Type) -> Kind? { connections[id] as? Kind }

    func isClosed(_ id: Int) -> Bool { connections[id]?.isEnded ?? true }

    private func scheduleSweep() {
        guard sweeper == nil, let shortest = connections.values.map(\.idleTimeout).min() else { return }
        let interval = max(min(shortest, Self.sweepInterval.most), Self.sweepInterval.least)
        sweeper = eventLoop.assumeIsolated().scheduleTask(in: interval) { [weak self] in self?.sweep() }
    }

    private func sweep() {
        sweeper = nil
        let now = NIODeadline.now()
        for connection in connections.values where !connection.isBusy {
            if connection.isEnded || now - connection.lastUse >= connection.idleTimeout { connection.close() }
        }
        scheduleSweep()
    }

    /// Closes what a run that was cancelled has used: its script had no time to do so, or left it in the middle.
    func closeAll(usedBy run: Int) {
        for connection in connections.values where connection.run == run { connection.close() }
    }

    /// Closes everything; what is inserted later is closed at once.
    ///
    /// The future is done when all have taken leave.
    func closeAll() -> EventLoopFuture<Void> {
        let end = end ?? eventLoop.makePromise(of: Void.self)
        self.end = end
        sweeper?.cancel()
        for connection in connections.values { connection.close() }
        finishIfEmpty()
        return end.futureResult
    }

    private func finishIfEmpty() {
        if connections.isEmpty, leaving.isEmpty { end?.succeed() }
    }
}

/// A place that is taken in the limit of connections until it is released.
final class Reservation {
    private weak var table: ConnectionTable?

    fileprivate init(_ table: ConnectionTable) {
        self.table = table
        table.reserved += 1
    }

    /// May be called again.
    func release() {
        table?.reserved -= 1
        table = nil
    }
}
