import NIOCore
import Testing

@testable import Hub

@Suite struct ConnectionStateTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
    private let limits = HTTPLimits()

    @Test func theFirstRequestMustComeSoon() {
        let state = ConnectionState(limits: limits, openedAt: start)
        #expect(state.deadline?.time == start + limits.requestTimeout)
        #expect(state.deadline?.fault == .requestTimeout)
    }

    @Test func nothingIsDueWhileTheHubWorks() {
        var state = ConnectionState(limits: limits, openedAt: start)
        read(&state, at: start)
        #expect(state.deadline == nil)
        #expect(!state.isQuiet)
    }

    @Test func anAnswerThatIsNotTakenEndsTheConnection() {
        var state = ConnectionState(limits: limits, openedAt: start)
        read(&state, at: start)
        state.wroteAnswer(at: start + .seconds(3))
        #expect(state.deadline?.time == start + .seconds(3) + limits.responseTimeout)
        #expect(state.deadline?.fault == .responseTimeout)
    }

    @Test func idlingBeginsWithTheTakenAnswer() {
        var state = ConnectionState(limits: limits, openedAt: start)
        read(&state, at: start)
        state.wroteAnswer(at: start + .seconds(3))
        let mustClose = state.sentAnswer(at: start + .seconds(4))
        #expect(!mustClose)
        #expect(state.deadline?.time == start + .seconds(4) + limits.idleTimeout)
        #expect(state.deadline?.fault == .idleTimeout)
    }

    @Test func aDrippingHeadIsTimedFromItsFirstByte() {
        var state = answered()
        state.readCompleted(at: start + .seconds(20), isInsideBody: false)
        state.readCompleted(at: start + .seconds(25), isInsideBody: false)
        #expect(state.deadline?.time == start + .seconds(20) + limits.requestTimeout)
    }

    @Test func aDrippingBodyIsTimedToo() {
        var state = answered()
        #expect(state.readHead(contentLength: 10) == nil)
        state.readCompleted(at: start + .seconds(20), isInsideBody: true)
        #expect(state.readBody(1) == nil)
        state.readCompleted(at: start + .seconds(25), isInsideBody: true)
        #expect(state.deadline?.time == start + .seconds(20) + limits.requestTimeout)
    }

    @Test func aPushMayBeLargerAndSlowerThanOtherRequests() {
        var limits = HTTPLimits()
        limits.pushBytes = 2 * limits.bodyBytes
        limits.pushTimeout = .seconds(60)
        var state = ConnectionState(limits: limits, openedAt: start)
        #expect(state.readHead(contentLength: limits.pushBytes, path: "/metrics/job/a") == nil)
        #expect(state.readBody(limits.pushBytes) == nil)
        #expect(state.deadline?.time == start + .seconds(60))
        #expect(state.readBody(1) == .bodyTooLarge)
        #expect(state.readHead(contentLength: limits.pushBytes, path: "/metrics") == .bodyTooLarge)
        #expect(state.deadline?.time == start + limits.requestTimeout)
    }

    @Test func aClientThatHasFinishedSendingMayWait() {
        var state = ConnectionState(limits: limits, openedAt: start)
        read(&state, at: start)
        state.inputClosed()
        state.readCompleted(at: start, isInsideBody: false)
        #expect(state.deadline == nil)
    }

    @Test func bodiesAreLimitedAnnouncedOrNot() {
        var state = ConnectionState(limits: limits, openedAt: start)
        #expect(state.readHead(contentLength: limits.bodyBytes + 1) == .bodyTooLarge)
        #expect(state.readHead(contentLength: nil) == nil)
        #expect(state.readBody(limits.bodyBytes) == nil)
        #expect(state.readBody(1) == .bodyTooLarge)
    }

    @Test func drainingClosesQuietConnectionsAtOnceAndOthersAfterTheirAnswers() {
        var quiet = answered()
        let closesAtOnce = quiet.drain()
        #expect(closesAtOnce)
        var busy = answered()
        read(&busy, at: start)
        read(&busy, at: start)
        var closings = [busy.drain()]
        #expect(!busy.isLastAnswer)
        busy.wroteAnswer(at: start)
        #expect(busy.isLastAnswer)
        closings.append(busy.sentAnswer(at: start))
        busy.wroteAnswer(at: start)
        closings.append(busy.sentAnswer(at: start))
        #expect(closings == [false, false, true])
    }

    private func read(_ state: inout ConnectionState, at now: NIODeadline) {
        #expect(state.readHead(contentLength: nil) == nil)
        state.readEnd()
        state.readCompleted(at: now, isInsideBody: false)
    }

    private func answered() -> ConnectionState {
        var state = ConnectionState(limits: limits, openedAt: start)
        read(&state, at: start)
        state.wroteAnswer(at: start)
        _ = state.sentAnswer(at: start)
        return state
    }
}
