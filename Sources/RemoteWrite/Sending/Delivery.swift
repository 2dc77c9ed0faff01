/// One parcel on its way: which message is sent, when again, and when it is done with.
///
/// Pure: it is told what happened and says what to do.
package struct Delivery {
    package enum Step: Equatable {
        /// Send the samples with this protocol.
        case send(WriteProtocol)
        /// Wait so many milliseconds, then send them again.
        case wait(Int64)
        /// Take the parcel out of the queue.
        case done(Outcome)
    }

    /// What became of the samples.
    package struct Outcome: Equatable, Sendable {
        package var sent = 0
        package var dropped = 0
        package var reason: DropReason?

        package init(sent: Int = 0, dropped: Int = 0, reason: DropReason? = nil) {
            self.sent = sent
            self.dropped = dropped
            self.reason = reason
        }
    }

    package let parcel: SampleQueue.Parcel
    package private(set) var attempts = 0
    private var tried: Set<WriteProtocol> = []
    private var backoff: Backoff
    private let retriesTooMany: Bool

    package init(_ parcel: SampleQueue.Parcel, backoff: Backoff.Limits, retriesTooMany: Bool) {
        self.parcel = parcel
        self.backoff = Backoff(backoff)
        self.retriesTooMany = retriesTooMany
    }

    /// The protocol of the next message.
    package func begin(_ negotiation: Negotiation) -> WriteProtocol { negotiation.current }

    /// There was no answer.
    package mutating func failed(random: Double) -> Step {
        attempts += 1
        return .wait(backoff.delay(asked: nil, random: random))
    }

    package mutating func answered(
        _ response: WriteResponse,
        to message: WriteMessage,
        _ negotiation: inout Negotiation,
        now: Int64,
        random: Double
    ) -> Step {
        attempts += 1
        let verdict = Verdict(response, to: message, retriesTooMany: retriesTooMany, now: now)
        switch verdict {
        case .delivered(let written):
            let sent = written ?? message.sampleCount
            let missing = message.sampleCount - sent
            return .done(Outcome(sent: sent, dropped: missing, reason: missing > 0 ? .unwritten : nil))
        case .refused(let written):
            return .done(Outcome(sent: written, dropped: message.sampleCount - written, reason: .rejected))
        case .retry(let asked): return .wait(backoff.delay(asked: asked, random: random))
        case .unsupported:
            tried.insert(message.writeProtocol)
            if let other = negotiation.refused(message.writeProtocol, tried: tried) { return .send(other) }
            return .done(Outcome(sent: 0, dropped: message.sampleCount, reason: .rejected))
        }
    }
}
