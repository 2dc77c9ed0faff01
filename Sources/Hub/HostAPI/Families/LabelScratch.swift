import LuaSandbox

/// The label values of one emission as bytes: strings where Lua has them, numbers written into a buffer.
struct LabelScratch {
    /// Bytes of one number as text.
    private static let numberSize = 32

    private var values: [UnsafeRawBufferPointer] = []
    private let numbers = NumberBuffer(capacity: FamilyRegistry.labelLimit * numberSize)

    mutating func begin() { values.removeAll(keepingCapacity: true) }

    func withValues(
        _ body: (UnsafeBufferPointer<UnsafeRawBufferPointer>) throws(EmissionError) -> Void
    ) throws(EmissionError) {
        let result = values.withUnsafeBufferPointer { values -> Result<Void, EmissionError> in
            do throws(EmissionError) { return .success(try body(values)) } catch { return .failure(error) }
        }
        try result.get()
    }

    /// Adds the value at a stack index.
    mutating func add(_ call: HostCall, _ index: Int, label: String) throws(EmissionError) {
        if let bytes = call.bytes(index) { return values.append(bytes) }
        switch call.type(index) {
        case .number: values.append(number(call, index))
        case .boolean:
            let text: StaticString = call.boolean(index) ? "true" : "false"
            values.append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        default: throw EmissionError(text: "label \"\(label)\" must be a string, got \(call.typeName(index))")
        }
    }

    /// Adds the fields of the table at index 2 in the order of the names; every name once and no other.
    mutating func addFields(_ call: HostCall, names: [String]) throws(EmissionError) {
        guard call.hasFields(names.count, 2) else {
            throw EmissionError(text: "labels must be {\(names.joined(separator: ", "))}")
        }
        for name in names {
            // The values stay on the stack, so that their bytes stay valid until the emission is done.
            guard call.pushField(name, of: 2) else { throw EmissionError(text: "label \"\(name)\" is missing") }
            try add(call, call.count, label: name)
        }
    }

    private func number(_ call: HostCall, _ index: Int) -> UnsafeRawBufferPointer {
        let text =
            call.integerValue(index).map(String.init)
            ?? call.number(index).map { $0 == $0.rounded() && abs($0) < 1e15 ? String(Int($0)) : "\($0)" } ?? "nan"
        return numbers.write(text, slot: values.count, size: Self.numberSize)
    }
}

/// Memory for numbers as text, kept between emissions.
private final class NumberBuffer {
    private let memory: UnsafeMutableRawBufferPointer

    init(capacity: Int) { memory = .allocate(byteCount: capacity, alignment: 1) }

    deinit { memory.deallocate() }

    func write(_ text: String, slot: Int, size: Int) -> UnsafeRawBufferPointer {
        let bytes = text.utf8.prefix(size)
        let target = UnsafeMutableRawBufferPointer(rebasing: memory[slot * size..<(slot + 1) * size])
        target.copyBytes(from: bytes)
        return UnsafeRawBufferPointer(rebasing: target[..<bytes.count])
    }
}
