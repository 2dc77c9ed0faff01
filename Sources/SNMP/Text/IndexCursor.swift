/// The sub-identifiers of a table's index, taken one part after the other (RFC 2578 §7.7).
package struct IndexCursor {
    /// What has not been taken.
    package private(set) var rest: ArraySlice<UInt32>

    package init(_ numbers: ArraySlice<UInt32>) { rest = numbers }

    /// The next ones; nil, and nothing taken, where there are fewer.
    package mutating func take(_ count: Int) -> ArraySlice<UInt32>? {
        guard count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    /// The next ones, zeros where an agent leaves trailing ones off.
    ///
    /// A count beyond what an object identifier holds is nonsense, and counts as that many.
    package mutating func takePadded(_ count: Int) -> [UInt32] {
        let count = min(count, max(rest.count, ObjectIdentifier.longest))
        var taken = Array(rest.prefix(count))
        rest = rest.dropFirst(count)
        if taken.count < count { taken += Array(repeating: 0, count: count - taken.count) }
        return taken
    }

    /// The next one, as the count of those that follow it.
    package mutating func takeLength() -> Int? { rest.popFirst().map(Int.init) }
}
