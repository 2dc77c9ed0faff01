import Relay
import RemoteWrite

extension RelayStatus {
    init(_ metrics: ClientMetrics) {
        let state = metrics.snapshot
        let scrapes = ClientMetrics.Result.allCases.map { ($0.rawValue, state.scrapes[$0] ?? 0) }
        self.init(
            url: metrics.label,
            name: metrics.name,
            isConnected: state.lastError.isEmpty && state.waitingPolls > 0,
            error: state.lastError.isEmpty ? nil : state.lastError,
            scrapes: Dictionary(uniqueKeysWithValues: scrapes)
        )
    }
}

extension PushStatus {
    /// `groups` are sorted by their labels.
    init(_ groups: [PushGroup]) {
        let refused = groups.filter { $0.failed > $0.pushed }
        let sorted = refused + groups.filter { $0.failed <= $0.pushed }
        self.init(
            groupCount: groups.count,
            sampleCount: groups.reduce(0) { $0 + $1.sampleCount },
            groups: sorted.prefix(Self.listed).map { group in
                Group(
                    labels: Dictionary(group.key.labels.map { ($0.name, $0.value) }) { first, _ in first },
                    lastPush: group.pushed > 0 ? group.pushed : nil,
                    refusedAt: group.failed > group.pushed ? group.failed : nil,
                    expires: group.expires,
                    samples: group.sampleCount
                )
            }
        )
    }
}

extension EndpointStatus {
    init(_ statistics: EndpointStatistics, secrets: SecretRegistry) {
        let (configuration, state) = (statistics.configuration, statistics.snapshot())
        self.init(
            name: configuration.name,
            url: Self.origin(of: configuration.url),
            version: state.writeProtocol.name,
            pending: state.pendingSamples,
            oldestTime: state.oldestTime.map { Double($0) / 1000 },
            queueBytes: state.queueBytes,
            queueLimitBytes: configuration.queue.maxSize,
            isOnDisk: state.isOnDisk,
            sent: state.sentSamples,
            dropped: state.dropped.values.reduce(0, +),
            lastSuccess: state.lastSuccess > 0 ? state.lastSuccess : nil,
            isFailing: state.isFailing || (!state.isOnDisk && state.lastError != nil),
            lastError: state.lastError.map { secrets.redact($0.text) },
            lastErrorTime: state.lastError?.time
        )
    }

    /// A URL without what may be secret in it: user information, path and query.
    private static func origin(of url: String) -> String {
        let plain = TargetConfiguration.name(for: url)
        guard let scheme = plain.firstRange(of: "://") else { return "" }
        return String(plain[..<scheme.upperBound] + plain[scheme.upperBound...].prefix { !"/?#".contains($0) })
    }
}
