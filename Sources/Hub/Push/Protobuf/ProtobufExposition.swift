import FoundationEssentials
import SwiftProtobuf

/// Writes delimited protobuf messages as text 0.0.4 with quoted names, so that one parser judges all that is pushed.
///
/// Native histograms have no text: their classic part is taken, sum and count at least. Exemplars are dropped.
enum ProtobufExposition {
    /// Metric families, each behind its length.
    ///
    /// Answers also what makes the families unfit to be stored, if anything.
    static func text(_ bytes: [UInt8]) throws(PushBody.Failure) -> (text: [UInt8], inconsistency: String?) {
        var writer = Writer()
        var position = 0
        while position < bytes.count {
            let length = try varint(bytes, &position)
            guard length <= bytes.count - position else { throw .malformed("unexpected EOF") }
            let message = Data(bytes[position..<position + length])
            position += length
            guard let family = try? Io_Prometheus_Client_MetricFamily(serializedBytes: message) else {
                throw .malformed("proto: cannot parse invalid wire-format data")
            }
            try writer.write(family)
        }
        return (writer.text, writer.inconsistency)
    }

    private static func varint(_ bytes: [UInt8], _ position: inout Int) throws(PushBody.Failure) -> Int {
        var value = 0
        for shift in stride(from: 0, to: 35, by: 7) {
            guard position < bytes.count else { throw .malformed("unexpected EOF") }
            let byte = bytes[position]
            position += 1
            value |= Int(byte & 0x7f) << shift
            if byte & 0x80 == 0 { return value }
        }
        throw .malformed("proto: message is too long")
    }

    private struct Writer {
        private(set) var text: [UInt8] = []
        private(set) var inconsistency: String?
        private var timestamp: Int64?

        mutating func write(_ family: Io_Prometheus_Client_MetricFamily) throws(PushBody.Failure) {
            let name = Self.quoted(family.name)
            if !family.help.isEmpty {
                let help = family.help.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
                append("# HELP \(name) \(help)\n")
            }
            append("# TYPE \(name) \(try Self.word(family.type))\n")
            for metric in family.metric {
                timestamp = metric.hasTimestampMs ? metric.timestampMs : nil
                write(metric, of: family)
            }
        }

        private mutating func write(
            _ metric: Io_Prometheus_Client_Metric,
            of family: Io_Prometheus_Client_MetricFamily
        ) {
            let name = family.name
            switch family.type {
            case .counter where metric.hasCounter: line(name, metric.label, metric.counter.value)
            case .gauge where metric.hasGauge: line(name, metric.label, metric.gauge.value)
            case .untyped where metric.hasUntyped: line(name, metric.label, metric.untyped.value)
            case .summary where metric.hasSummary: write(metric.summary, name, metric.label)
            case .histogram where metric.hasHistogram: write(metric.histogram, name, metric.label)
            default: inconsistency = "a metric of \(name.debugDescription) has no value of the family's type"
            }
        }

        private mutating func write(
            _ summary: Io_Prometheus_Client_Summary,
            _ name: String,
            _ labels: [Io_Prometheus_Client_LabelPair]
        ) {
            for quantile in summary.quantile {
                line(name, labels, quantile.value, ("quantile", Self.number(quantile.quantile)))
            }
            line(name + "_sum", labels, summary.sampleSum)
            line(name + "_count", labels, Double(summary.sampleCount))
        }

        private mutating func write(
            _ histogram: Io_Prometheus_Client_Histogram,
            _ name: String,
            _ labels: [Io_Prometheus_Client_LabelPair]
        ) {
            let isFloat = histogram.sampleCountFloat > 0
            let count = isFloat ? histogram.sampleCountFloat : Double(histogram.sampleCount)
            var hasInfinity = false
            for bucket in histogram.bucket {
                let value = isFloat ? bucket.cumulativeCountFloat : Double(bucket.cumulativeCount)
                hasInfinity = hasInfinity || bucket.upperBound == .infinity
                line(name + "_bucket", labels, value, ("le", Self.number(bucket.upperBound)))
            }
            if !hasInfinity { line(name + "_bucket", labels, count, ("le", "+Inf")) }
            line(name + "_sum", labels, histogram.sampleSum)
            line(name + "_count", labels, count)
        }

        private mutating func line(
            _ name: String,
            _ labels: [Io_Prometheus_Client_LabelPair],
            _ value: Double,
            _ extra: (name: String, value: String)? = nil
        ) {
            append("{" + Self.quoted(name))
            for label in labels { append("," + Self.quoted(label.name) + "=" + Self.quoted(label.value)) }
            if let extra { append("," + extra.name + "=" + Self.quoted(extra.value)) }
            append("} " + Self.number(value))
            if let timestamp { append(" \(timestamp)") }
            append("\n")
        }

        private mutating func append(_ string: String) { text.append(contentsOf: string.utf8) }

        private static func word(_ type: Io_Prometheus_Client_MetricType) throws(PushBody.Failure) -> String {
            switch type {
            case .counter: "counter"
            case .gauge: "gauge"
            case .summary: "summary"
            case .untyped: "untyped"
            case .histogram: "histogram"
            case .gaugeHistogram: throw .malformed("gauge histograms have no text format")
            }
        }

        private static func number(_ value: Double) -> String {
            if value.isNaN { return "NaN" }
            if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
            return "\(value)"
        }

        private static func quoted(_ text: String) -> String {
            var result = "\""
            for scalar in text.unicodeScalars {
                switch scalar {
                case "\\": result += "\\\\"
                case "\"": result += "\\\""
                case "\n": result += "\\n"
                default: result.unicodeScalars.append(scalar)
                }
            }
            return result + "\""
        }
    }
}
