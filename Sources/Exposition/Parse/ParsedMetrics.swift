extension FamilyBlock {
    /// Keeps the records with these numbers, in this order.
    mutating func reorder(_ order: [Int]) {
        records = order.map { records[$0] }
        if !timestamps.isEmpty { timestamps = order.map { timestamps[$0] } }
    }

    /// Notes where each metric's records begin, given the metric of each record in ascending order.
    mutating func setFirstRecords(metrics numbers: some Sequence<Int>) {
        var last = -1
        for (record, number) in numbers.enumerated() where number != last {
            metrics[number] = MetricSpan(
                labels: metrics[number].labels,
                firstRecord: UInt32(truncatingIfNeeded: record)
            )
            last = number
        }
    }

    /// Finds out whether what others wrote can be of its kind in OpenMetrics.
    ///
    /// `bounds` has the number in `le` or `quantile` for each record that has one.
    mutating func judgeMetrics(bounds: [Double]) {
        fitsOpenMetrics = metrics.indices.allSatisfy { number in
            let range = records(ofMetric: number)
            switch descriptor.kind {
            case .histogram, .gaugehistogram: return fits(histogram: range, bounds)
            case .summary: return fits(summary: range, bounds)
            case .stateset: return records[range].allSatisfy { $0.value == 0 || $0.value == 1 }
            case .counter, .gauge, .info, .untyped: return true
            }
        }
    }

    private func fits(histogram range: Range<Int>, _ bounds: [Double]) -> Bool {
        var value = HistogramValue(buckets: [])
        for number in range {
            let record = records[number]
            switch record.suffix {
            case .bucket: value.buckets.append((bounds[number], record.value))
            case .sum, .gsum: value.sum = record.value
            case .count, .gcount: value.count = record.value
            default: break
            }
        }
        guard value.count != nil, value.buckets.last?.upperBound == .infinity else { return false }
        return (try? value.completed().fitsOpenMetrics(descriptor.kind)) ?? false
    }

    private func fits(summary range: Range<Int>, _ bounds: [Double]) -> Bool {
        var value = SummaryValue(quantiles: [])
        for number in range {
            let record = records[number]
            switch record.suffix {
            case .none: value.quantiles.append((bounds[number], record.value))
            case .sum: value.sum = record.value
            case .count: value.count = record.value
            default: break
            }
        }
        return (try? value.completed().fitsOpenMetrics) ?? false
    }
}
