import RemoteWrite

/// What is sent by remote write, and where.
///
/// The values given here and in `EndpointConfiguration` are the defaults.
struct RemoteWriteConfiguration: Sendable, Equatable {
    /// How often plugins without an interval of their own, and the hub itself, are collected for it.
    var interval = Duration.seconds(60)
    /// Value of the label `job`; nil means the plugin's name.
    var job: String?
    /// Value of the label `instance`; nil means the machine's name.
    var instance: String?
    /// How often 1.0 is told the families' types and help texts.
    var metadataInterval = Duration.seconds(60)
    /// For all endpoints.
    var relabeling: [RelabelRule] = []
    /// In the order of the file; names are unique.
    var endpoints: [EndpointConfiguration] = []
}

/// One receiver.
struct EndpointConfiguration: Sendable, Equatable {
    /// In metrics, in logs, and as the name of the queue's file.
    var name = ""
    var url = ""
    var writeProtocol = Negotiation.Choice.auto
    /// For one request, from looking up the name to the end of the answer.
    var timeout = Duration.seconds(30)
    /// Sent with every request; what the protocol sets itself is not among them.
    var headers: [HeaderField] = []
    /// The value of `Authorization`.
    var authorization: Secret?
    var tls = EndpointTLS()
    /// Comes after the rules for all endpoints.
    var relabeling: [RelabelRule] = []
    /// Requests under way at the same time; a series is always in the same one's turn.
    var shards = 1
    var row = RowLimit(samples: 2_000, bytes: 4 << 20)
    /// Samples' names and label sets known at the same time.
    var maxSeries = 200_000
    var retry = EndpointRetry()
    var queue = EndpointQueue()

    struct HeaderField: Sendable, Equatable {
        let name: String
        let value: Secret
    }
}

/// When a request is tried again.
struct EndpointRetry: Sendable, Equatable {
    var minBackoff = Duration.milliseconds(30)
    var maxBackoff = Duration.seconds(5)
    /// The longest that a receiver's `Retry-After` is followed.
    var maxRetryAfter = Duration.seconds(600)
    /// Whether 429 is tried again.
    var onTooManyRequests = true

    var limits: Backoff.Limits {
        Backoff.Limits(
            shortest: minBackoff.milliseconds,
            longest: maxBackoff.milliseconds,
            longestAsked: maxRetryAfter.milliseconds
        )
    }
}

/// What waits on disk.
struct EndpointQueue: Sendable, Equatable {
    /// Of the file; the oldest samples give way.
    var maxSize = 256 << 20
    /// Older samples are not sent any more.
    var maxAge = Duration.seconds(86_400)
    /// Samples kept in memory while the disk does not take them.
    var maxMemorySamples = 100_000
}

/// How a receiver proves who it is, and the hub who it is; texts in PEM.
struct EndpointTLS: Sendable, Equatable {
    /// Instead of the system's authorities.
    var ca: String?
    var certificate: String?
    var key: Secret?
    /// The name that the receiver's certificate is for, where it is not the URL's.
    var serverName: String?
    var skipsVerification = false
}

extension Duration {
    /// Whole milliseconds.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}
