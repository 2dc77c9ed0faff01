import Exposition
import LuaSandbox

/// Reads the value of a histogram, summary or stateset from argument 1.
struct CompositeReader {
    private let call: HostCall
    /// Samples of a run: no value has more buckets, quantiles or states.
    private let limit: Int

    init(_ call: HostCall, limit: Int) {
        self.call = call
        self.limit = limit
    }

    /// `{ sum =, count =, buckets = { [0.1] = cumulative, ... } }`.
    func histogram() throws(EmissionError) -> HistogramValue {
        let table = try table("{ sum =, count =, buckets = { [bound] = count } }")
        let buckets = try pairs(table["buckets"], "buckets")
        return HistogramValue(
            buckets: buckets.map { (upperBound: $0, cumulativeCount: $1) },
            sum: try number(table["sum"], "sum"),
            count: try number(table["count"], "count")
        )
    }

    /// `{ sum =, count =, quantiles = { [0.5] = value, ... } }`.
    func summary() throws(EmissionError) -> SummaryValue {
        let table = try table("{ sum =, count =, quantiles = { [quantile] = value } }")
        let quantiles = try pairs(table["quantiles"], "quantiles")
        return SummaryValue(
            quantiles: quantiles.map { (quantile: $0, value: $1) },
            sum: try number(table["sum"], "sum"),
            count: try number(table["count"], "count")
        )
    }

    /// The name of the active state, or `{ state = boolean, ... }`.
    func states() throws(EmissionError) -> [(name: String, isActive: Bool)] {
        if let name = call.string(1) { return [(name, true)] }
        let shape = "the active state or { state = boolean }"
        guard case .table(let items, let fields) = try table(shape), items.isEmpty else {
            throw EmissionError(expected: shape, got: "a list")
        }
        var states: [(name: String, isActive: Bool)] = []
        for field in fields {
            guard let name = field.key.string else {
                throw EmissionError("name of a state", expected: "a string", got: field.key.typeName)
            }
            guard case .boolean(let isActive) = field.value else {
                throw EmissionError("state \"\(name)\"", expected: "true or false", got: field.value.typeName)
            }
            states.append((name, isActive))
        }
        return states
    }

    private func table(_ shape: String) throws(EmissionError) -> LuaValue {
        guard call.type(1) == .table else { throw EmissionError(expected: shape, got: call.describe(1)) }
        let fields = 16  // of the value itself, beside its buckets
        var reader = LuaValueReader(call, limit: (limit + fields, LuaValueReader.options.bytes))
        do throws(CopyError) { return try reader.read(1) } catch { throw EmissionError(text: error.text) }
    }

    private func number(_ value: LuaValue?, _ name: String) throws(EmissionError) -> Double? {
        switch value {
        // A list with gaps has nil items: { [1] = 4, [2] = 9, [4] = 12 }.
        case nil, .some(.nil): return nil
        case .integer(let value): return Double(value)
        case .number(let value): return value
        case .some(let value): throw EmissionError(name, got: value.typeName)
        }
    }

    /// Entries with numbers as keys and values; integer keys from 1 arrive as items.
    private func pairs(_ value: LuaValue?, _ name: String) throws(EmissionError) -> [(Double, Double)] {
        guard let value else { return [] }
        guard case .table(let items, let fields) = value else {
            throw EmissionError(name, expected: "a table", got: value.typeName)
        }
        var pairs: [(Double, Double)] = []
        for (index, item) in items.enumerated() {
            if let value = try number(item, name) { pairs.append((Double(index + 1), value)) }
        }
        for field in fields {
            guard let key = try number(field.key, "bound in \(name)"), let value = try number(field.value, name) else {
                continue
            }
            pairs.append((key, value))
        }
        return pairs
    }
}
