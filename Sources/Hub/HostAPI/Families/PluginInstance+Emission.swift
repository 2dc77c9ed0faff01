import Exposition
import LuaSandbox

/// Why an emission was refused, for the script.
struct EmissionError: Error {
    let text: String

    init(text: String) { self.text = text }

    init(_ name: String = "value", expected: String = "a number", got found: String) {
        text = "\(name) must be \(expected), got \(found)"
    }
}

extension PluginInstance {
    /// Adds what a handle was called with to the run's block.
    ///
    /// A nil value is no sample.
    func emit(_ call: HostCall, family index: Int) -> Int32 {
        guard let run = currentRun else { return call.fail("samples can be emitted in collect only") }
        guard call.type(1) != .nil else { return 0 }
        do throws(EmissionError) {
            try emit(call, family: index, in: run)
            return 0
        } catch {
            return call.fail("\(registry.families[index].descriptor.name): \(error.text)")
        }
    }

    private func emit(_ call: HostCall, family index: Int, in run: CollectRun) throws(EmissionError) {
        if let broken = run.brokenLimit { throw EmissionError(text: broken.message) }
        run.makeRoom(for: index, registry)
        let samples = run.blocks[index].sampleCount
        let bytes = run.blocks[index].byteCount
        let layout: LabelLayout
        do { layout = try registry.layout(index, target: run.labelSet) } catch { throw EmissionError(text: error.text) }
        try withLabelValues(call, of: index) { values throws(EmissionError) in
            // Before anything is copied: one long string may stand in many labels.
            guard values.reduce(run.bytes, { $0 + $1.count }) <= limits.bytes else {
                run.breakLimit(.bytes(limits))
                throw EmissionError(text: RunFailure.bytes(limits).message)
            }
            try append(call, to: &run.blocks[index], layout, values)
        }
        do throws(RunFailure) {
            try run.charge(
                samples: run.blocks[index].sampleCount - samples,
                bytes: run.blocks[index].byteCount - bytes,
                limits: limits
            )
        } catch {
            throw EmissionError(text: error.message)
        }
    }

    private func append(
        _ call: HostCall,
        to block: inout FamilyBlock,
        _ layout: LabelLayout,
        _ labels: UnsafeBufferPointer<UnsafeRawBufferPointer>
    ) throws(EmissionError) {
        let reader = CompositeReader(call, limit: limits.samples)
        switch block.descriptor.kind {
        case .counter, .gauge, .untyped, .info:
            let value = try scalar(call)
            try sample { () throws(SampleError) in
                try block.append(value, layout: layout, labelValues: labels)
            }
        case .histogram, .gaugehistogram:
            let value = try reader.histogram()
            try sample { () throws(SampleError) in
                try block.appendHistogram(value, layout: layout, labelValues: labels)
            }
        case .summary:
            let value = try reader.summary()
            try sample { () throws(SampleError) in
                try block.appendSummary(value, layout: layout, labelValues: labels)
            }
        case .stateset:
            let value = try reader.states()
            try sample { () throws(SampleError) in
                try block.appendStates(value, layout: layout, labelValues: labels)
            }
        }
    }

    private func sample(_ append: () throws(SampleError) -> Void) throws(EmissionError) {
        do { try append() } catch { throw EmissionError(text: "\(error)") }
    }

    /// A number, a string that is one, or a boolean as 1 or 0.
    private func scalar(_ call: HostCall) throws(EmissionError) -> Double {
        if let number = call.number(1) { return number }
        guard call.type(1) == .boolean else { throw EmissionError(got: call.describe(1)) }
        return call.boolean(1) ? 1 : 0
    }

    /// Calls `body` with the bytes of the label values in the order of the family's names.
    private func withLabelValues(
        _ call: HostCall,
        of index: Int,
        body: (UnsafeBufferPointer<UnsafeRawBufferPointer>) throws(EmissionError) -> Void
    ) throws(EmissionError) {
        guard call.count > 0 else { throw EmissionError(got: "no value") }
        let names = registry.families[index].labelNames
        let given = call.count - 1
        scratch.begin()
        if given == 1, call.type(2) == .table {
            try scratch.addFields(call, names: names)
        } else {
            guard given == names.count else {
                throw EmissionError(text: "got \(given) label values, expected \(names.count)")
            }
            for position in 0..<given {
                try scratch.add(call, position + 2, label: names[position])
            }
        }
        try scratch.withValues(body)
    }
}
