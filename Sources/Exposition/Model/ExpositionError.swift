/// Why label names cannot be laid out.
package enum ExpositionError: Error, Equatable, CustomStringConvertible {
    case emptyLabelName
    case duplicateLabel(String)
    case reservedLabel(String)
    case invalidLabelName(String)

    package var description: String {
        switch self {
        case .emptyLabelName: "label name is empty"
        case .invalidLabelName(let name): "label name must match [a-zA-Z_][a-zA-Z0-9_]*, got \"\(name)\""
        case .duplicateLabel(let name): "label \"\(name)\" is given twice"
        case .reservedLabel(let name): "label \"\(name)\" is reserved"
        }
    }
}

/// Why a sample was not taken; the block is then as before.
package enum SampleError: Error, Equatable, CustomStringConvertible {
    case labelCount(got: Int, expected: Int)
    case invalidUTF8(label: String)
    case invalidLabels(ExpositionError)
    case reservedLabel(String)
    case negativeCounter(Double)
    case counterNotANumber
    case infoValue(Double)
    case wrongShape(MetricKind)
    case bucketBoundNotANumber
    case duplicateBound(label: String, Double)
    case invalidCount(Double)
    case bucketsNotAscending(bound: Double, count: Double, previous: Double)
    case countMismatch(count: Double, buckets: Double)
    case noBuckets
    case quantileOutOfRange(Double)
    case duplicateState(String)
    case duplicate(labels: String)
    case tooLong(bytes: Int)
    case full

    package var description: String {
        switch self {
        case .labelCount(let got, let expected): "got \(got) label values, expected \(expected)"
        case .invalidUTF8(let label): "label \"\(label)\" is not valid UTF-8"
        case .invalidLabels(let error): error.description
        case .reservedLabel(let name): "label \"\(name)\" is reserved"
        case .negativeCounter(let value): "counter must not be negative, got \(number(value))"
        case .counterNotANumber: "counter must not be NaN"
        case .infoValue(let value): "info must be 1, got \(number(value))"
        case .wrongShape(let kind): "a \(kind.rawValue) needs another shape of value"
        case .bucketBoundNotANumber: "bucket bound must not be NaN"
        case .duplicateBound(let label, let bound): "\(label) \(number(bound)) is given twice"
        case .invalidCount(let value): "count must be a number of 0 or more, got \(number(value))"
        case .bucketsNotAscending(let bound, let count, let previous):
            "bucket le \(number(bound)) must not be less than the one before it, got \(number(count)) after \(number(previous))"
        case .countMismatch(let count, let buckets):
            "count must equal the bucket le +Inf, got \(number(count)) and \(number(buckets))"
        case .noBuckets: "histogram has neither buckets nor count"
        case .quantileOutOfRange(let value): "quantile must be between 0 and 1, got \(number(value))"
        case .duplicateState(let name): "state \"\(name)\" is given twice"
        case .duplicate(let labels): "duplicate sample {\(labels)}"
        case .tooLong(let bytes): "labels must be shorter than 16 MiB, got \(bytes) bytes"
        case .full: "family holds 4 GiB, the most it can"
        }
    }

    private func number(_ value: Double) -> String { NumberText.string(value) }
}
