import HummingbirdCore
import NIOCore
import Synchronization

/// The open connections of all sockets: counts them against the limit and ends them at shutdown.
final class ConnectionRegistry: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        /// Connections that no task serves yet.
        var waiting: [ObjectIdentifier: HTTP1Channel.Value] = [:]
        var isDraining = false
    }

    private let state = Mutex(State())
    private let limit: Int
    private let metrics: HTTPMetrics

    init(limit: Int, metrics: HTTPMetrics) {
        self.limit = limit
        self.metrics = metrics
    }

    enum Admission {
        case admitted
        case tooMany
        case shuttingDown
    }

    /// Takes a new connection in until it closes, if there is room.
    func admit(_ channel: any Channel) -> Admission {
        let admission = state.withLock { state -> Admission in
            if state.isDraining { return .shuttingDown }
            guard state.channels.count < limit else { return .tooMany }
            state.channels[ObjectIdentifier(channel)] = channel
            return .admitted
        }
        guard admission == .admitted else { return admission }
        metrics.opened()
        channel.closeFuture.whenComplete { [self] _ in
            state.withLock { _ = $0.channels.removeValue(forKey: ObjectIdentifier(channel)) }
            metrics.closed()
        }
        return .admitted
    }

    /// Keeps a connection for its task.
    ///
    /// The sequence of accepted connections drops what comes in the moment it ends, and a `NIOAsyncChannel` that is
    /// dropped unserved ends the program. So that sequence carries channels only, and their other half waits here.
    func hold(_ connection: HTTP1Channel.Value) {
        state.withLock { $0.waiting[ObjectIdentifier(connection.channel)] = connection }
    }

    /// Hands a connection to its task.
    func take(_ channel: any Channel) -> HTTP1Channel.Value? {
        state.withLock { $0.waiting.removeValue(forKey: ObjectIdentifier(channel)) }
    }

    /// Closes the connections whose task never came.
    func finish() async {
        let connections = state.withLock { state in
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for connection in connections { try? await connection.executeThenClose { _, _ in } }
    }

    /// Closes idle connections now and the others after their answer.
    func drain() {
        let channels = state.withLock { state in
            state.isDraining = true
            return Array(state.channels.values)
        }
        for channel in channels {
            channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
    }

    /// Closes what is still open, answered or not.
    func abort() {
        for channel in state.withLock({ Array($0.channels.values) }) {
            metrics.count(.shutdown)
            channel.close(promise: nil)
        }
    }
}
