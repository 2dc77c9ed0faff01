/// What hub.yml says about pushes.
struct PushConfiguration: Sendable, Equatable {
    var isEnabled = false
    /// How long a group is served after its last push where the push does not say; zero means for ever.
    var timeToLive = Duration.zero
    /// The longest a push may ask for, which then is also the longest a group lasts; zero means for ever.
    var maxTimeToLive = Duration.zero
    /// Whether `/api/v1/admin/wipe` is there.
    var adminAPI = false
    var limits = PushLimits()
    /// Who may push, by job; `*` stands for all jobs that are not named.
    ///
    /// Everybody may push everything where it is empty.
    var jobs: [String: PushCredentials] = [:]
}

/// What pushes may take up; beyond it they are refused.
struct PushLimits: Sendable, Equatable {
    /// Groups.
    var groups = 10_000
    /// Samples of all groups.
    var samples = 500_000
    /// Bytes of all groups' samples.
    var bytes = 256 << 20
    /// Bytes of one body, as it comes and after decompression.
    var body = 16 << 20
    /// Bytes of a group's labels, names and values.
    var key = 4 << 10
    /// Pushes that wait to be written.
    var queue = 1_000
    /// Time for one request to arrive.
    var timeout = Duration.seconds(60)
}

/// How a client shows who it is.
enum PushCredentials: Sendable, Equatable {
    case basic(username: String, password: Secret)
    case bearer(Secret)
}

extension PushConfiguration {
    /// Longer than this is for ever, and more likely a wrong unit.
    private static let longest = Duration.seconds(3_650 * 86_400)

    mutating func decode(_ decoder: MappingDecoder?) {
        guard var keys = decoder else { return }
        isEnabled = keys.boolean("enabled") ?? isEnabled
        maxTimeToLive = keys.amount("max_ttl", .duration, .notNegative(to: Self.longest)) ?? maxTimeToLive
        let most = maxTimeToLive > .zero ? maxTimeToLive : Self.longest
        timeToLive = keys.amount("ttl", .duration, .notNegative(to: most)) ?? timeToLive
        adminAPI = keys.boolean("admin_api") ?? adminAPI
        limits.decode(keys.map("limits"))
        decodeJobs(&keys)
        keys.finish()
    }

    private mutating func decodeJobs(_ keys: inout MappingDecoder) {
        guard let entry = keys.entry("jobs") else { return }
        guard let entries = entry.value.entries else {
            keys.context.report(entry.line, "jobs must be a map, got \(entry.value.summary)")
            return
        }
        for job in entries { jobs[job.key] = PushCredentials(job, keys.context) }
    }

    /// The time to live of a push that asks for this long; nil where it asks for nothing.
    func timeToLive(asked: Duration?) -> Duration? {
        let wanted = asked ?? timeToLive
        guard maxTimeToLive > .zero else { return wanted > .zero ? wanted : nil }
        return wanted > .zero ? min(wanted, maxTimeToLive) : maxTimeToLive
    }
}

extension PushLimits {
    /// Far above any sensible limit; they catch a wrong unit.
    private static let most = PushLimits(
        groups: 1_000_000,
        samples: 50_000_000,
        bytes: 16 << 30,
        body: 1 << 30,
        key: 1 << 20,
        queue: 100_000,
        timeout: .seconds(3_600)
    )

    fileprivate mutating func decode(_ decoder: MappingDecoder?) {
        guard var keys = decoder else { return }
        let most = Self.most
        groups = keys.amount("groups", .count, .positive(to: most.groups)) ?? groups
        samples = keys.amount("samples", .count, .positive(to: most.samples)) ?? samples
        bytes = keys.amount("bytes", .bytes, .positive(to: most.bytes)) ?? bytes
        body = keys.amount("body", .bytes, .positive(to: most.body)) ?? body
        key = keys.amount("key", .bytes, .positive(to: most.key)) ?? key
        queue = keys.amount("queue", .count, .positive(to: most.queue)) ?? queue
        timeout = keys.amount("timeout", .duration, .positive(to: most.timeout)) ?? timeout
        keys.finish()
    }
}

extension PushCredentials {
    /// Reads `{ username: ..., password: ... }` or `{ bearer_token: ... }`; nil after a report.
    fileprivate init?(_ entry: YAMLEntry, _ context: DecodingContext) {
        let name = "push.jobs.\(entry.key)"
        guard var keys = MappingDecoder(entry.value, named: name, line: entry.line, in: context) else { return nil }
        let username = keys.text("username")
        let password = keys.text("password")
        let token = keys.text("bearer_token")
        keys.finish()
        for secret in [password, token] { if let secret { context.remember(secret: secret) } }
        switch (username, password, token) {
        case (let username?, let password?, nil): self = .basic(username: username, password: Secret(password))
        case (nil, nil, let token?): self = .bearer(Secret(token))
        default:
            context.report(entry.line, "\(name) must have username and password, or bearer_token")
            return nil
        }
    }
}
