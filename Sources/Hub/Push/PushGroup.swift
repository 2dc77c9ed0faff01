import Exposition

/// One group of pushed metrics.
struct PushGroup: Sendable {
    struct Family: Sendable {
        let block: FamilyBlock
        /// Unix seconds of the push that brought it.
        let time: Double
        /// Different for each family ever stored, so that what has changed is seen.
        let number: Int
    }

    let key: GroupingKey
    var families: [String: Family] = [:]
    /// Unix seconds of the last good push; 0 when there was none.
    var pushed = 0.0
    /// Unix seconds of the last refused push; 0 when there was none.
    var failed = 0.0
    /// Unix seconds from which on the group is gone; nil when it stays.
    var expires: Double?

    var sampleCount: Int { families.values.reduce(0) { $0 + $1.block.sampleCount } }
    var byteCount: Int { families.values.reduce(0) { $0 + $1.block.byteCount } }

    func isExpired(at time: Double) -> Bool { expires.map { $0 <= time } ?? false }
}

/// One change of the groups.
struct PushWrite: Sendable {
    enum Kind: Sendable {
        /// PUT: the group has these families and no others.
        case replace
        /// POST: these families replace those of the same names.
        case update
        /// DELETE.
        case delete
        /// The admin API: no group is left.
        case wipe
        /// Groups whose time is over go.
        case expire
    }

    let kind: Kind
    var key = GroupingKey([:])
    var body = PushBody(families: [])
    /// Unix seconds.
    let time: Double
    /// Seconds from this push on; nil for ever.
    var timeToLive: Double?
}

/// Why a write was refused.
enum PushRefusal: Error, Sendable, Equatable {
    /// It contradicts itself or other groups.
    case inconsistent(String)
    /// A limit on what is stored.
    case limit(String)
    /// As many writes wait as may.
    case queueFull
    /// The disk is full; what was stored is still there.
    case diskFull(String)
    /// The database cannot be written.
    case storage(String)

    /// The value of the label `reason`.
    var label: String {
        switch self {
        case .inconsistent: "inconsistent"
        case .limit: "limit"
        case .queueFull: "queue_full"
        case .diskFull: "disk_full"
        case .storage: "storage"
        }
    }

    static let labels = [
        "inconsistent", "limit", "queue_full", "disk_full", "storage", "malformed", "too_large", "no_room",
        "unauthorized",
    ]
}
