/// The name of an object: its place in the tree of all objects (RFC 3416 §2, RFC 2578 §3.5).
///
/// Ordered lexicographically, as walks are.
package struct ObjectIdentifier: Hashable, Sendable {
    /// Sub-identifiers that an agent's object may have (RFC 2578 §3.5).
    package static let longest = 128

    /// At most `longest`, each of 32 bits.
    package let components: [UInt32]

    package init(_ components: [UInt32]) { self.components = components }

    /// Reads digits with dots between them, a leading dot aside; nil for anything else.
    package init?(_ text: some StringProtocol) {
        let digits = text.hasPrefix(".") ? text.dropFirst() : text[...]
        var components: [UInt32] = []
        for part in digits.split(separator: ".", omittingEmptySubsequences: false) {
            guard part.utf8.first.map({ (48...57).contains($0) }) == true, let component = UInt32(part) else {
                return nil
            }
            components.append(component)
        }
        guard (1...Self.longest).contains(components.count) else { return nil }
        self.components = components
    }

    /// Whether this is `root` or lies below it.
    package func isBelow(_ root: ObjectIdentifier) -> Bool {
        components.withUnsafeBufferPointer { components in
            root.components.withUnsafeBufferPointer { root in
                guard components.count >= root.count else { return false }
                // They differ near the end, if at all.
                for index in root.indices.reversed() where components[index] != root[index] { return false }
                return true
            }
        }
    }

    package func appending(_ more: some Sequence<UInt32>) -> ObjectIdentifier { ObjectIdentifier(components + more) }
}

extension ObjectIdentifier: Comparable {
    package static func < (first: ObjectIdentifier, second: ObjectIdentifier) -> Bool {
        first.components.withUnsafeBufferPointer { first in
            second.components.withUnsafeBufferPointer { second in
                for index in 0..<min(first.count, second.count) where first[index] != second[index] {
                    return first[index] < second[index]
                }
                return first.count < second.count
            }
        }
    }
}

extension ObjectIdentifier: CustomStringConvertible {
    package var description: String { components.map(String.init).joined(separator: ".") }
}
