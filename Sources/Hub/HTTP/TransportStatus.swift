/// One relay that the hub polls, as `/` and `/api/v1/status` show it.
struct RelayStatus: Sendable, Codable, Equatable {
    var url: String
    /// The name that is polled for.
    var name: String
    /// Whether the relay holds a poll.
    var isConnected: Bool
    /// Why the last poll failed.
    var error: String?
    /// Scrapes that came through it, by how they ended.
    var scrapes: [String: Int]
}

/// What was pushed; times of day are Unix seconds.
struct PushStatus: Sendable, Codable, Equatable {
    /// Groups that are told one by one; `/api/v1/metrics` has all.
    static let listed = 520

    struct Group: Sendable, Codable, Equatable {
        var labels: [String: String]
        var lastPush: Double?
        /// The last push that was refused, where none was taken since.
        var refusedAt: Double?
        /// Nil for a group that stays.
        var expires: Double?
        var samples: Int
    }

    var groupCount: Int
    var sampleCount: Int
    /// Those whose last push was refused come first.
    var groups: [Group]
}

/// One receiver of remote write; times of day are Unix seconds.
struct EndpointStatus: Sendable, Codable, Equatable {
    var name: String
    /// Scheme, host and port.
    var url: String
    /// Remote write's version.
    var version: String
    /// Samples.
    var pending: Int
    /// Of the samples that wait longest.
    var oldestTime: Double?
    var queueBytes: Int
    var queueLimitBytes: Int
    /// False while something waits in memory only.
    var isOnDisk: Bool
    var sent: Int
    var dropped: Int
    var lastSuccess: Double?
    /// Whether the last request, or the disk, failed.
    var isFailing: Bool
    var lastError: String?
    var lastErrorTime: Double?
}
