import NIOCore

/// Which runs of a plugin go on and which wait, when there are more than may run at once.
///
/// Runs begin in the order in which they came. Of those that are likely to hang, no more run than half of what may:
/// the others always find room. A pure state machine.
struct RunQueue {
    private struct Entry {
        let number: Int
        let key: RunKey
    }

    /// Runs at the same time.
    let limit: Int
    private var prompt = CircularBuffer<Entry>()
    private var doubtful = CircularBuffer<Entry>()
    /// The keys that wait; an entry whose key is not among them was withdrawn.
    private var waiting: Set<RunKey> = []
    private var running: [RunKey: Bool] = [:]
    private var doubtfulRunning = 0
    private var nextNumber = 0

    init(limit: Int) { self.limit = limit }

    var runningCount: Int { running.count }
    var waitingCount: Int { waiting.count }
    private var doubtfulLimit: Int { max(1, limit / 2) }

    /// Lets a run wait for its turn; `isDoubtful` when it may well hang.
    mutating func append(_ key: RunKey, isDoubtful: Bool) {
        nextNumber += 1
        let entry = Entry(number: nextNumber, key: key)
        waiting.insert(key)
        if isDoubtful { doubtful.append(entry) } else { prompt.append(entry) }
    }

    /// The next run that may begin; nil when none waits or there is no room.
    mutating func next() -> RunKey? {
        dropWithdrawn(&prompt)
        dropWithdrawn(&doubtful)
        guard running.count < limit else { return nil }
        let late = doubtfulRunning < doubtfulLimit ? doubtful.first : nil
        let isDoubtful: Bool
        switch (prompt.first, late) {
        case (nil, nil): return nil
        case (_?, nil): isDoubtful = false
        case (nil, _?): isDoubtful = true
        case (let first?, let second?): isDoubtful = second.number < first.number
        }
        guard let entry = isDoubtful ? doubtful.popFirst() : prompt.popFirst() else { return nil }
        waiting.remove(entry.key)
        running[entry.key] = isDoubtful
        if isDoubtful { doubtfulRunning += 1 }
        return entry.key
    }

    private func dropWithdrawn(_ entries: inout CircularBuffer<Entry>) {
        while let first = entries.first, !waiting.contains(first.key) { entries.removeFirst() }
    }

    /// A run that waits is no longer wanted.
    mutating func withdraw(_ key: RunKey) { waiting.remove(key) }

    /// A run has ended and makes room.
    mutating func ended(_ key: RunKey) {
        guard let isDoubtful = running.removeValue(forKey: key) else { return }
        if isDoubtful { doubtfulRunning -= 1 }
    }

    /// The runs under way go on elsewhere and take no room any more.
    mutating func releaseRunning() {
        running = [:]
        doubtfulRunning = 0
    }
}
