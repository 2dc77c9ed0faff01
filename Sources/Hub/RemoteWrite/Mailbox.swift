import Synchronization

/// What background runs have left since it was emptied last, the latest of each target.
///
/// Bounded by the number of targets; whoever puts something in never waits.
final class RunMailbox: RunObserver {
    struct Content: Sendable {
        var parts: [PartName: CollectedPart] = [:]
        var removed: Set<String> = []

        var isEmpty: Bool { parts.isEmpty && removed.isEmpty }
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
        content.withLock { $0.parts[PartName(plugin: part.plugin, target: part.target)] = part }
        signal.raise()
    }

    func pluginRemoved(_ name: String) {
        content.withLock { content in
            content.removed.insert(name)
            content.parts = content.parts.filter { $0.key.plugin != name }
        }
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
