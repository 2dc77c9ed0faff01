import NIOCore
import Synchronization

/// The open connections of all sockets: counts them against the limit and ends them at shutdown.
final class ConnectionRegistry: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isDraining = false
    }

    private let state = Mutex(State())
    private let limit: Int
    private let metrics: HTTPMetrics

    init(limit: Int, metrics: HTTPMetrics) {
        self.limit = limit
        self.metrics = metrics
    }

    /// Takes a new connection in until it closes.
    ///
    /// - Returns: False when there are too many, or when shutdown has begun.
    func admit(_ channel: any Channel) -> Bool {
        let isAdmitted = state.withLock { state in
            guard !state.isDraining, state.channels.count < limit else { return false }
            state.channels[ObjectIdentifier(channel)] = channel
            return true
        }
        guard isAdmitted else { return false }
        metrics.opened()
        channel.closeFuture.whenComplete { [self] _ in
            state.withLock { _ = $0.channels.removeValue(forKey: ObjectIdentifier(channel)) }
            metrics.closed()
        }
        return true
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
