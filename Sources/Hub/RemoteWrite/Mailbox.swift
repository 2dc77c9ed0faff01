import Synchronization

/// What background runs have left since it was emptied last.
///
/// Bounded by the number of targets and by `depth`; whoever puts something in never waits.
final class RunMailbox: RunObserver {
    /// Runs of one target that are kept; from there on the last one gives way to the next.
    static let depth = 16

    struct Content: Sendable {
        /// One run of a target in each, the earlier ones first.
        private(set) var turns: [[PartName: CollectedPart]] = []
        var removed: Set<String> = []

        var isEmpty: Bool { turns.isEmpty && removed.isEmpty }

        mutating func add(_ part: CollectedPart) {
            let name = PartName(plugin: part.plugin, target: part.target)
            let turn = (turns.lastIndex { $0[name] != nil }).map { $0 + 1 } ?? 0
            if turn == turns.count, turn < RunMailbox.depth { turns.append([:]) }
            turns[min(turn, turns.count - 1)][name] = part
        }

        mutating func remove(_ plugin: String) {
            removed.insert(plugin)
            turns = turns.map { turn in turn.filter { $0.key.plugin != plugin } }
        }
    }

    struct PartName: Hashable, Sendable {
        let plugin: String
        let target: String
    }

    private let content = Mutex(Content())
    /// Says that something is there.
    let signal: Signal

    init() { signal = Signal() }

    func runEnded(_ part: CollectedPart) {
        content.withLock { $0.add(part) }
        signal.raise()
    }

    func pluginRemoved(_ name: String) {
        content.withLock { $0.remove(name) }
        signal.raise()
    }

    func empty() -> Content {
        content.withLock { content in
            defer { content = Content() }
            return content
        }
    }
}

/// Wakes one waiter up; raised several times before it waits, it wakes it once.
struct Signal: Sendable {
    let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    func raise() { continuation.yield() }
}
