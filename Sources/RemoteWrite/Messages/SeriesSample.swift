/// One sample of a series that is known by its number.
package struct SeriesSample: Sendable, Equatable {
    package let series: Int64
    /// Milliseconds since 1970.
    package let timestamp: Int64
    /// The bits of the value: moving a signalling NaN about as a number may change it.
    package let bits: UInt64

    /// Says that a series has ended (remote write 1.0, "Stale markers").
    package static let staleMarker: UInt64 = 0x7FF0_0000_0000_0002
    /// What every other NaN is sent as, so that none is taken for a stale marker; Prometheus's own.
    package static let notANumber: UInt64 = 0x7FF8_0000_0000_0001

    package init(series: Int64, timestamp: Int64, bits: UInt64) {
        self.series = series
        self.timestamp = timestamp
        self.bits = bits
    }

    @inline(__always)
    package init(series: Int64, timestamp: Int64, value: Double) {
        self.init(series: series, timestamp: timestamp, bits: value.isNaN ? Self.notANumber : value.bitPattern)
    }
}

/// What a message says about a series beside its samples.
package struct SeriesRecord: Sendable, Equatable {
    package let labels: LabelSet
    /// The number of its family.
    package let family: Int64

    package init(labels: LabelSet, family: Int64) {
        self.labels = labels
        self.family = family
    }
}
