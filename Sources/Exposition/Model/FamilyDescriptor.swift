/// What all samples of one metric family have in common.
package struct FamilyDescriptor: Sendable, Hashable {
    /// The name as declared, with `_total` for a counter and `_info` for an info.
    package var name: String
    /// One sentence for people, unescaped; empty when unknown.
    package var help: String
    package var kind: MetricKind
    /// The OpenMetrics unit, which the name then ends in; empty when there is none.
    package var unit: String

    package init(name: String, kind: MetricKind, help: String, unit: String = "") {
        self.name = name
        self.help = help
        self.kind = kind
        self.unit = unit
    }

    /// The name without the suffix that OpenMetrics takes off it: `_total` of a counter, `_info` of an info.
    ///
    /// Nil when the kind has no such suffix or the name does not end in it.
    var openMetricsBase: String? {
        switch kind {
        case .counter: name.droppingSuffix("_total")
        case .info: name.droppingSuffix("_info")
        default: nil
        }
    }

    /// The name of the family's samples with this suffix; `x_created` of a counter `x_total`.
    package func sampleName(_ suffix: SampleSuffix) -> String {
        suffix == .created ? (openMetricsBase ?? name) + suffix.text : name + suffix.text
    }
}

extension String {
    /// The text before `suffix`; nil when it does not end so or nothing is left.
    func droppingSuffix(_ suffix: String) -> String? {
        guard utf8.count > suffix.utf8.count, hasSuffix(suffix) else { return nil }
        return String(Substring(utf8.dropLast(suffix.utf8.count)))
    }

    /// The order of the exposition: by bytes, not by Unicode collation.
    func precedes(_ other: String) -> Bool {
        withBytes { first in other.withBytes { second in ByteCompare.precedes(first, second) } }
    }

    /// Equality by bytes; `==` takes composed and decomposed characters for the same.
    func hasSameBytes(as other: String) -> Bool {
        withBytes { first in other.withBytes { second in ByteCompare.isEqual(first, second) } }
    }

    /// Gives `body` the UTF-8 bytes; native strings are not copied.
    @inline(__always)
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        if let result = utf8.withContiguousStorageIfAvailable({ body(UnsafeRawBufferPointer($0)) }) { return result }
        return Array(utf8).withUnsafeBytes(body)
    }
}
