import Exposition
import Synchronization

/// Counts over all scrapes.
final class ScrapeCounters: Sendable {
    struct Snapshot {
        var scrapes = 0
        var incomplete = 0
        var seconds = 0.0
        var dropped: [String: [ConflictReason: Int]] = [:]
        /// Conflicts that have been logged.
        fileprivate var known: Set<ConflictKey> = []
    }

    struct ConflictKey: Hashable {
        let source: String
        let keptSource: String
        let family: String
        let reason: ConflictReason
    }

    /// Conflicts that are remembered as logged.
    static let knownLimit = 10_000

    private let state = Mutex(Snapshot())

    func snapshot() -> Snapshot { state.withLock { $0 } }

    func finished(seconds: Double, isComplete: Bool) {
        state.withLock {
            $0.scrapes += 1
            $0.seconds += seconds
            if !isComplete { $0.incomplete += 1 }
        }
    }

    /// Adds what a merge dropped.
    ///
    /// Answers the conflicts that were not seen before, and the totals.
    func add(_ conflicts: [MergeConflict]) -> (new: [MergeConflict], totals: [String: [ConflictReason: Int]]) {
        state.withLock { state in
            var new: [MergeConflict] = []
            for conflict in conflicts {
                state.dropped[conflict.source, default: [:]][conflict.reason, default: 0] += conflict.droppedSamples
                let key = ConflictKey(
                    source: conflict.source,
                    keptSource: conflict.keptSource,
                    family: conflict.family,
                    reason: conflict.reason
                )
                if state.known.count < Self.knownLimit, state.known.insert(key).inserted { new.append(conflict) }
            }
            return (new, state.dropped)
        }
    }
}
