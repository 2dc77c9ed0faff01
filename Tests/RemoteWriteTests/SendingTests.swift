import Testing

@testable import RemoteWrite

@Suite struct SendingTests {
    private let backoff = Backoff.Limits(shortest: 30, longest: 5000, longestAsked: 60_000)

    private func message(_ writeProtocol: WriteProtocol) -> WriteMessage {
        WriteMessage(writeProtocol: writeProtocol, body: [], sampleCount: 10, lostCount: 0, uncompressedCount: 0)
    }

    private func delivery(retriesTooMany: Bool = true) -> Delivery {
        Delivery(.init(rows: [1], samples: []), backoff: backoff, retriesTooMany: retriesTooMany)
    }

    private func step(
        _ response: WriteResponse,
        _ writeProtocol: WriteProtocol,
        choice: Negotiation.Choice = .auto,
        retriesTooMany: Bool = true
    ) -> Delivery.Step {
        var delivery = delivery(retriesTooMany: retriesTooMany)
        var negotiation = Negotiation(choice)
        return delivery.answered(response, to: message(writeProtocol), &negotiation, now: 0, random: 0)
    }

    @Test func waitsDoubleUpToTheLongestAndBeginAnewAfterSuccess() {
        var waits = Backoff(backoff)
        #expect(
            (0..<10).map { _ in waits.delay(asked: nil, random: 0) } == [
                30, 60, 120, 240, 480, 960, 1920, 3840, 5000, 5000,
            ]
        )
        waits.succeeded()
        #expect(waits.delay(asked: nil, random: 1) == 15)
    }

    @Test func theReceiversWishCountsUpToALimit() {
        var waits = Backoff(backoff)
        #expect(waits.delay(asked: 7000, random: 0) == 7000)
        #expect(waits.delay(asked: .max, random: 0) == 60_000)
        #expect(waits.delay(asked: 0, random: 0) == 120)
    }

    @Test(arguments: [
        ("120", 120_000), ("0", 0), (" 5 ", 5000), ("Sun, 06 Nov 1994 08:49:37 GMT", 7000),
        ("Sunday, 06-Nov-94 08:49:37 GMT", 7000), ("Sun Nov  6 08:49:37 1994", 7000),
        ("Sun, 06 Nov 1994 08:49:20 GMT", 0),
    ])
    func retryAfterIsSecondsOrADate(text: String, expected: Int64) {
        // 1994-11-06T08:49:30Z; the dates are RFC 9110's examples.
        #expect(RetryAfter.delay(text, now: 784_111_770_000) == expected)
    }

    @Test(arguments: [
        "", "soon", "-1", "1.5", "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT", "06 Nov 1994",
    ])
    func aRetryAfterThatCannotBeReadIsNone(text: String) {
        #expect(RetryAfter.delay(text, now: 0) == nil)
    }

    @Test(arguments: [200, 202, 204]) func anySuccessOf1IsADelivery(status: Int) {
        #expect(step(WriteResponse(status: status), .v1) == .done(.init(sent: 10)))
    }

    @Test func aSuccessOf2NeedsAWrittenHeader() {
        let written = WriteResponse(status: 204, samplesWritten: "10")
        #expect(step(written, .v2) == .done(.init(sent: 10)))
        #expect(step(WriteResponse(status: 204), .v2) == .send(.v1))
        #expect(step(WriteResponse(status: 200), .v2, choice: .v2) == .done(.init(dropped: 10, reason: .rejected)))
    }

    @Test func samplesThatWereNotWrittenAreCounted() {
        #expect(
            step(.init(status: 204, samplesWritten: "7"), .v2) == .done(.init(sent: 7, dropped: 3, reason: .unwritten))
        )
        #expect(step(.init(status: 204, histogramsWritten: "0"), .v2) == .done(.init(dropped: 10, reason: .unwritten)))
        #expect(
            step(.init(status: 400, samplesWritten: "4"), .v2) == .done(.init(sent: 4, dropped: 6, reason: .rejected))
        )
        #expect(step(.init(status: 400), .v2) == .done(.init(dropped: 10, reason: .rejected)))
        #expect(step(.init(status: 204, samplesWritten: "99"), .v2) == .done(.init(sent: 10)))
    }

    @Test(arguments: [400, 401, 403, 404, 409, 413, 422, 499]) func clientErrorsAreNotTriedAgain(status: Int) {
        for writeProtocol in WriteProtocol.allCases {
            #expect(step(.init(status: status), writeProtocol) == .done(.init(dropped: 10, reason: .rejected)))
        }
    }

    @Test(arguments: [500, 501, 502, 503, 504, 599, 301, 302, 307, 100, 0, 999])
    func whatSaysNothingAboutTheSamplesIsTriedAgain(status: Int) {
        #expect(step(.init(status: status), .v1) == .wait(30))
        #expect(step(.init(status: status, retryAfter: "3"), .v2) == .wait(3000))
    }

    @Test func tooManyRequestsAreTriedAgainUnlessToldOtherwise() {
        #expect(step(.init(status: 429, retryAfter: "2"), .v2) == .wait(2000))
        #expect(step(.init(status: 429), .v2, retriesTooMany: false) == .done(.init(dropped: 10, reason: .rejected)))
    }

    @Test func theOtherProtocolIsTriedOnceAndRemembered() {
        var delivery = delivery()
        var negotiation = Negotiation(.auto)
        #expect(delivery.begin(negotiation) == .v2)
        let unknown = WriteResponse(status: 415)
        #expect(delivery.answered(unknown, to: message(.v2), &negotiation, now: 0, random: 0) == .send(.v1))
        #expect(negotiation.current == .v1)
        let end = Delivery.Step.done(.init(dropped: 10, reason: .rejected))
        #expect(delivery.answered(unknown, to: message(.v1), &negotiation, now: 0, random: 0) == end)
        #expect(self.delivery().begin(negotiation) == .v1)
    }

    @Test func aReceiverThatLearnt2IsSpokenToInIt() {
        var negotiation = Negotiation(.auto)
        _ = negotiation.refused(.v2, tried: [.v2])
        #expect(negotiation.refused(.v1, tried: [.v1]) == .v2)
        #expect(negotiation.current == .v2)
    }

    @Test func aProtocolThatIsPrescribedIsTheOnlyOne() {
        #expect(step(.init(status: 415), .v1, choice: .v1) == .done(.init(dropped: 10, reason: .rejected)))
        #expect(step(.init(status: 415), .v2, choice: .v2) == .done(.init(dropped: 10, reason: .rejected)))
        #expect(delivery().begin(Negotiation(.v1)) == .v1)
    }
}
