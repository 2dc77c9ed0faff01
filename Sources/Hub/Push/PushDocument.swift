import Exposition
import FoundationEssentials
import HTTPTypes
import NIOCore

/// `/api/v1/metrics`: the groups as Pushgateway's JSON.
struct PushDocument: Encodable {
    private let groups: [PushGroup]

    static func reply(_ groups: [PushGroup]) -> Reply {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let json = try? encoder.encode(PushDocument(groups: groups)) else {
            return .text(.internalServerError, "groups cannot be encoded")
        }
        return Reply(
            fields: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ByteBuffer(bytes: json)
        )
    }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private struct Metric: Encodable {
        var labels: [String: String] = [:]
        var value: String?
        var buckets: [String: String]?
        var quantiles: [String: String]?
        var count: String?
        var sum: String?
    }

    private struct Family: Encodable {
        enum CodingKeys: String, CodingKey {
            case time = "time_stamp"
            case type
            case help
            case metrics
        }

        let time: String
        let type: String
        let help: String?
        let metrics: [Metric]
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode("success", forKey: Key(stringValue: "status"))
        var list = container.nestedUnkeyedContainer(forKey: Key(stringValue: "data"))
        for group in groups {
            var entry = list.nestedContainer(keyedBy: Key.self)
            let labels = Dictionary(group.key.labels.map { ($0.name, $0.value) }) { first, _ in first }
            try entry.encode(labels, forKey: Key(stringValue: "labels"))
            let isGood = group.pushed > 0 && group.pushed >= group.failed
            try entry.encode(isGood, forKey: Key(stringValue: "last_push_successful"))
            for (block, time) in Self.families(of: group) {
                try entry.encode(Self.family(block, time), forKey: Key(stringValue: block.descriptor.name))
            }
        }
    }

    private static func families(of group: PushGroup) -> [(FamilyBlock, Double)] {
        let times = PushExposition.times(of: [group]).map { block in
            (block, block.descriptor.name == "push_time_seconds" ? group.pushed : max(group.pushed, group.failed))
        }
        return group.families.values.map { ($0.block, $0.time) } + times
    }

    private static func family(_ block: FamilyBlock, _ time: Double) -> Family {
        var metrics: [Metric] = []
        let kind = block.descriptor.kind
        for sample in block.samples {
            let member = kind == .summary ? "quantile" : kind == .histogram || kind == .gaugehistogram ? "le" : ""
            var labels: [String: String] = [:]
            for label in sample.labels where label.name != member { labels[label.name] = label.value }
            let isComposite = !member.isEmpty
            if !isComposite || metrics.last?.labels != labels { metrics.append(Metric(labels: labels)) }
            let bound = sample.labels.first { $0.name == member }.map { GoNumber.text(Double($0.value) ?? .infinity) }
            add(sample, bound, kind, to: &metrics[metrics.count - 1])
        }
        let help = block.descriptor.help
        return Family(
            time: timestamp(time),
            type: kind == .info || kind == .stateset ? "GAUGE" : kind.rawValue.uppercased(),
            help: help.isEmpty ? nil : help,
            metrics: metrics
        )
    }

    private static func add(_ sample: Sample, _ bound: String?, _ kind: MetricKind, to metric: inout Metric) {
        let value = GoNumber.text(sample.value)
        switch sample.suffix {
        case .bucket: metric.buckets = (metric.buckets ?? [:]).merging([bound ?? "": value]) { first, _ in first }
        case .sum, .gsum: metric.sum = value
        case .count, .gcount: metric.count = value
        case .none where kind == .summary:
            metric.quantiles = (metric.quantiles ?? [:]).merging([bound ?? "": value]) { first, _ in first }
        case .none: metric.value = value
        case .total, .created, .info: break
        }
    }

    /// As in `2026-01-02T03:04:05.678901Z` (RFC 3339).
    private static func timestamp(_ seconds: Double) -> String {
        let whole = seconds.rounded(.down)
        let micros = Int(((seconds - whole) * 1e6).rounded(.down))
        let date = Date(timeIntervalSince1970: whole).formatted(.iso8601)
        let digits = String(1_000_000 + micros).dropFirst()
        return date.dropLast() + ".\(digits)Z"
    }
}
