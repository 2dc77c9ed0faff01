import Exposition
import RemoteWrite
import SQLite

/// The hub's metrics about what it sends by remote write.
enum RemoteWriteMetrics {
    static func add(_ endpoints: [EndpointStatistics], to families: inout SelfFamilies) {
        guard !endpoints.isEmpty else { return }
        let all = endpoints.map { (configuration: $0.configuration, state: $0.snapshot()) }
        addQueues(all, to: &families)
        addSamples(all, to: &families)
        addRequests(all, to: &families)
    }

    private typealias State = (configuration: EndpointConfiguration, state: EndpointStatistics.Snapshot)

    private static func gauge(
        _ name: String,
        _ help: String,
        _ all: [State],
        to families: inout SelfFamilies,
        _ value: (State) -> Double
    ) {
        families.add(.gauge, "hub_remote_write_\(name)", help, labels: ["endpoint"]) { add in
            for one in all { add(value(one), [one.configuration.name]) }
        }
    }

    private static func counter(
        _ name: String,
        _ help: String,
        _ all: [State],
        to families: inout SelfFamilies,
        _ value: (State) -> Double
    ) {
        families.add(.counter, "hub_remote_write_\(name)", help, labels: ["endpoint"]) { add in
            for one in all { add(value(one), [one.configuration.name]) }
        }
    }

    private static func addQueues(_ all: [State], to families: inout SelfFamilies) {
        let now = Clock.unixSeconds()
        gauge("samples_pending", "Samples that wait to be sent.", all, to: &families) {
            Double($0.state.pendingSamples)
        }
        gauge("oldest_sample_age_seconds", "Age of the samples that wait longest.", all, to: &families) { one in
            one.state.oldestTime.map { max(0, now - Double($0) / 1000) } ?? 0
        }
        gauge("queue_bytes", "Size of the queue's file.", all, to: &families) { Double($0.state.queueBytes) }
        gauge("queue_limit_bytes", "What the queue's file may take.", all, to: &families) {
            Double($0.configuration.queue.maxSize)
        }
        gauge("queue_on_disk", "Whether all that waits is on disk.", all, to: &families) { $0.state.isOnDisk ? 1 : 0 }
        gauge("series", "Series that are being sent.", all, to: &families) { Double($0.state.series) }
        gauge("series_limit", "Label sets that may be known at the same time.", all, to: &families) {
            Double($0.configuration.maxSeries)
        }
        families.add(
            .counter,
            "hub_remote_write_queue_errors_total",
            "What the disk or the database complained about.",
            labels: ["endpoint", "kind"]
        ) { add in
            for one in all {
                for kind in SQLiteError.Kind.allCases {
                    add(Double(one.state.queueErrors[kind] ?? 0), [one.configuration.name, kind.rawValue])
                }
            }
        }
    }

    private static func addSamples(_ all: [State], to families: inout SelfFamilies) {
        counter("samples_total", "Samples that the receiver took.", all, to: &families) { Double($0.state.sentSamples) }
        counter("samples_retried_total", "Samples that had to be sent again.", all, to: &families) {
            Double($0.state.retriedSamples)
        }
        families.add(
            .counter,
            "hub_remote_write_samples_dropped_total",
            "Samples that are not sent.",
            labels: ["endpoint", "reason"]
        ) { add in
            for one in all {
                for reason in DropReason.allCases {
                    add(Double(one.state.dropped[reason] ?? 0), [one.configuration.name, reason.rawValue])
                }
            }
        }
    }

    private static func addRequests(_ all: [State], to families: inout SelfFamilies) {
        families.add(
            .counter,
            "hub_remote_write_requests_total",
            "Requests by the receiver's answer.",
            labels: ["endpoint", "code"]
        ) { add in
            for one in all {
                for (code, count) in one.state.requests.sorted(by: { $0.key < $1.key }) {
                    add(Double(count), [one.configuration.name, code == 0 ? "none" : "\(code)"])
                }
            }
        }
        counter("request_duration_seconds_total", "Time of all requests.", all, to: &families) {
            $0.state.requestSeconds
        }
        counter("sent_bytes_total", "Bytes of all requests' bodies.", all, to: &families) { Double($0.state.sentBytes) }
        gauge("shards", "Requests that can be under way at the same time.", all, to: &families) {
            Double($0.configuration.shards)
        }
        gauge("last_success_timestamp_seconds", "When the receiver last took samples.", all, to: &families) {
            $0.state.lastSuccess
        }
        families.add(
            .gauge,
            "hub_remote_write_protocol_info",
            "Which protocol is spoken; always 1.",
            labels: ["endpoint", "protocol"]
        ) { add in
            for one in all { add(1, [one.configuration.name, one.state.writeProtocol.name]) }
        }
    }
}
