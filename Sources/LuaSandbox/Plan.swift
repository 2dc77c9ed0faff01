import CLua

/// Values for Lua's stack, written as bytes and pushed under one protected call.
///
/// A push that allocates may raise, which must not happen below a Swift frame.
package struct Plan: Sendable {
    private(set) var bytes: [UInt8] = []

    package init() {}

    package var isEmpty: Bool { bytes.isEmpty }
    package var byteCount: Int { bytes.count }

    package mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

    private mutating func write(_ operation: clua_plan_op) {
        bytes.append(UInt8(truncatingIfNeeded: operation.rawValue))
    }

    private mutating func write(_ word: UInt64) {
        withUnsafeBytes(of: word) { bytes.append(contentsOf: $0) }
    }

    package mutating func pushNil() { write(CLUA_PLAN_NIL) }

    package mutating func push(_ value: Bool) { write(value ? CLUA_PLAN_TRUE : CLUA_PLAN_FALSE) }

    package mutating func push(_ value: Int) {
        write(CLUA_PLAN_INTEGER)
        write(UInt64(bitPattern: Int64(value)))
    }

    package mutating func push(_ value: Double) {
        write(CLUA_PLAN_NUMBER)
        write(value.bitPattern)
    }

    package mutating func push(_ value: UnsafeRawBufferPointer) {
        write(CLUA_PLAN_STRING)
        write(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    package mutating func push(_ value: some Collection<UInt8>) {
        write(CLUA_PLAN_STRING)
        write(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    package mutating func push(_ value: String) { push(value.utf8) }

    /// Pushes a new table; `item` and `field` fill it.
    package mutating func beginTable(items: Int = 0, fields: Int = 0) {
        write(CLUA_PLAN_TABLE)
        write(UInt64(UInt32(truncatingIfNeeded: items)) | UInt64(UInt32(truncatingIfNeeded: fields)) << 32)
    }

    /// Pushes a new table; the answer is for `setTableSize` once its entries have been counted.
    package mutating func beginTableOfUnknownSize() -> Int {
        beginTable()
        return bytes.count - 8
    }

    package mutating func setTableSize(at position: Int, items: Int, fields: Int) {
        let size = UInt64(UInt32(truncatingIfNeeded: items)) | UInt64(UInt32(truncatingIfNeeded: fields)) << 32
        bytes.withUnsafeMutableBytes { $0.storeBytes(of: size, toByteOffset: position, as: UInt64.self) }
    }

    /// Stores the value on top at `index` of the table below it.
    package mutating func item(_ index: Int) {
        write(CLUA_PLAN_ITEM)
        write(UInt64(bitPattern: Int64(index)))
    }

    /// Stores the value on top under the key below it in the table below that.
    package mutating func endField() { write(CLUA_PLAN_FIELD) }

    /// Pushes `key`, then what `value` pushes, and stores both in the table on top.
    package mutating func field(_ key: String, _ value: (inout Plan) -> Void) {
        push(key)
        value(&self)
        endField()
    }

    /// Pushes the light userdata that stands for a foreign null, such as JSON's.
    package mutating func pushPointer(_ address: UInt) {
        write(CLUA_PLAN_POINTER)
        write(UInt64(address))
    }

    package mutating func push(_ function: HostFunction, context: Int = 0) {
        write(CLUA_PLAN_HOST)
        write(UInt64(UInt(bitPattern: unsafeBitCast(function, to: UnsafeRawPointer.self))))
        write(UInt64(bitPattern: Int64(context)))
    }

    /// Pushes the value that `reference` keeps.
    package mutating func push(_ reference: Reference) {
        write(CLUA_PLAN_REFERENCE)
        write(UInt64(bitPattern: Int64(reference.index)))
    }
}

/// A Lua value that the registry keeps alive.
package struct Reference: Sendable, Hashable {
    let index: Int32
}
