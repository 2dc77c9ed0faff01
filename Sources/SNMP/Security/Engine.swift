/// What is known of an agent's engine (RFC 3414 §2.2 and §2.3).
struct Engine: Sendable {
    /// Seconds by which a message may be late (RFC 3414 §2.2.3).
    static let timeWindow = 150
    /// An engine whose boots have come so far takes no message (RFC 3414 §2.2.2).
    static let lastBoots = Int32.max

    let id: [UInt8]
    private(set) var boots: Int32
    private var time: Int32
    /// When its time was that.
    private var setAt: Duration
    /// Whether its time comes from a message whose digest was right.
    private var isSynchronized: Bool

    init(id: [UInt8], boots: Int32, time: Int32, isAuthentic: Bool, now: Duration) {
        self.id = id
        self.boots = boots
        self.time = time
        setAt = now
        isSynchronized = isAuthentic
    }

    /// The engine's time now, in seconds since it was booted.
    func time(now: Duration) -> Int32 {
        Int32(clamping: Int64(time) + (now - setAt).components.seconds)
    }

    /// Takes the time of a message whose digest was right (RFC 3414 §3.2 7b); false when the message is too old.
    mutating func accept(boots: Int32, time: Int32, now: Duration) -> Bool {
        let known = self.time(now: now)
        if !isSynchronized || boots > self.boots || boots == self.boots && time > known {
            (self.boots, self.time, setAt, isSynchronized) = (boots, time, now, true)
        }
        guard boots != Self.lastBoots, boots == self.boots else { return false }
        return Int64(time) >= Int64(known) - Int64(Self.timeWindow)
    }
}
