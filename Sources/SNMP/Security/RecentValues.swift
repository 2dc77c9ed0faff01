/// Values by key, of which those that were used last are kept.
struct RecentValues<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    let limit: Int
    private var values: [Key: (value: Value, use: Int)] = [:]
    private var uses = 0

    init(limit: Int) { self.limit = limit }

    var count: Int { values.count }

    subscript(key: Key) -> Value? {
        mutating get {
            uses += 1
            values[key]?.use = uses
            return values[key]?.value
        }
        set {
            uses += 1
            values[key] = newValue.map { ($0, uses) }
            if values.count > limit { forgetHalf() }
        }
    }

    /// Half at once, so that the search for the oldest ones costs little for each value.
    private mutating func forgetHalf() {
        let median = values.values.map(\.use).sorted()[values.count / 2]
        values = values.filter { $0.value.use >= median }
    }
}
