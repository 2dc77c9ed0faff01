/// Which protocol an endpoint is spoken to with.
package struct Negotiation: Sendable {
    /// What hub.yml says.
    package enum Choice: String, Sendable, CaseIterable {
        /// 2.0, and 1.0 where the receiver does not know it.
        case auto
        case v1 = "1.0"
        case v2 = "2.0"
    }

    private let choice: Choice
    /// What the next message is written in; remembered for the endpoint.
    package private(set) var current: WriteProtocol

    package init(_ choice: Choice) {
        self.choice = choice
        current = choice == .v1 ? .v1 : .v2
    }

    /// The receiver does not know the protocol that a message was sent with.
    ///
    /// Answers what to send the same samples with; nil when there is nothing left to try for them.
    package mutating func refused(_ sent: WriteProtocol, tried: Set<WriteProtocol>) -> WriteProtocol? {
        guard choice == .auto else { return nil }
        let other: WriteProtocol = sent == .v2 ? .v1 : .v2
        guard !tried.contains(other) else { return nil }
        current = other
        return other
    }
}
