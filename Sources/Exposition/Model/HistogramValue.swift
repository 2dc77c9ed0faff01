/// One histogram as a script gives it.
package struct HistogramValue: Sendable {
    /// Upper bounds in any order with the number of observations up to each.
    package var buckets: [(upperBound: Double, cumulativeCount: Double)]
    package var sum: Double?
    package var count: Double?

    package init(
        buckets: [(upperBound: Double, cumulativeCount: Double)],
        sum: Double? = nil,
        count: Double? = nil
    ) {
        self.buckets = buckets
        self.sum = sum
        self.count = count
    }

    /// The same with buckets sorted, `+Inf` last and the count set from it.
    func completed() throws(SampleError) -> HistogramValue {
        var result = self
        for bucket in buckets {
            if bucket.upperBound.isNaN { throw .bucketBoundNotANumber }
            try Self.checkCount(bucket.cumulativeCount)
        }
        result.buckets.sort { $0.upperBound < $1.upperBound }
        if let count { try Self.checkCount(count) }
        if result.buckets.last?.upperBound != .infinity {
            guard let total = count ?? result.buckets.last?.cumulativeCount else { throw .noBuckets }
            result.buckets.append((.infinity, total))
        }
        try result.checkOrder()
        let total = result.buckets[result.buckets.count - 1].cumulativeCount
        if let count, count != total { throw .countMismatch(count: count, buckets: total) }
        result.count = total
        return result
    }

    private func checkOrder() throws(SampleError) {
        var previous = buckets[0]
        for bucket in buckets.dropFirst() {
            if bucket.upperBound == previous.upperBound { throw .duplicateBound(label: "le", bucket.upperBound) }
            guard bucket.cumulativeCount >= previous.cumulativeCount else {
                throw .bucketsNotAscending(
                    bound: bucket.upperBound,
                    count: bucket.cumulativeCount,
                    previous: previous.cumulativeCount
                )
            }
            previous = bucket
        }
    }

    static func checkCount(_ count: Double) throws(SampleError) {
        guard count >= 0, count.isFinite else { throw .invalidCount(count) }
    }

    /// Whether a completed histogram can be one in OpenMetrics 1.0: whole counts, and a sum that cannot go down.
    func fitsOpenMetrics(_ kind: MetricKind) -> Bool {
        guard let sum, !sum.isNaN, buckets.allSatisfy({ isWhole($0.cumulativeCount) }) else { return false }
        let hasNegativeBounds = buckets[0].upperBound < 0
        return kind == .histogram ? !hasNegativeBounds && sum >= 0 : hasNegativeBounds || sum >= 0
    }
}

/// One summary as a script gives it.
package struct SummaryValue: Sendable {
    /// Quantiles between 0 and 1 in any order with their values; NaN where nothing was observed.
    package var quantiles: [(quantile: Double, value: Double)]
    package var sum: Double?
    package var count: Double?

    package init(quantiles: [(quantile: Double, value: Double)], sum: Double? = nil, count: Double? = nil) {
        self.quantiles = quantiles
        self.sum = sum
        self.count = count
    }

    /// The same with quantiles sorted.
    func completed() throws(SampleError) -> SummaryValue {
        var result = self
        for entry in quantiles {
            guard entry.quantile >= 0, entry.quantile <= 1 else { throw .quantileOutOfRange(entry.quantile) }
        }
        result.quantiles.sort { $0.quantile < $1.quantile }
        for (entry, next) in zip(result.quantiles, result.quantiles.dropFirst())
        where entry.quantile == next.quantile {
            throw .duplicateBound(label: "quantile", entry.quantile)
        }
        if let count { try HistogramValue.checkCount(count) }
        return result
    }

    /// Whether it can be a summary in OpenMetrics 1.0: nothing negative, a whole count.
    var fitsOpenMetrics: Bool {
        guard sum.map({ $0 >= 0 }) ?? true, count.map(isWhole) ?? true else { return false }
        return quantiles.allSatisfy { !($0.value < 0) }
    }
}

/// Whether a number has no fraction.
func isWhole(_ value: Double) -> Bool {
    value.rounded(.towardZero) == value
}
