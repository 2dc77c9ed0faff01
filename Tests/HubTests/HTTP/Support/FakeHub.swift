import Exposition
import NIOCore
import Synchronization

@testable import Hub

/// A hub whose answers the test sets, and which notes what it was asked.
final class FakeHub: HubService {
    private struct State {
        var requests: [ScrapeRequest] = []
        var answer: ScrapeResponse
        var problems: [String] = []
        var isReady = true
        var probes: [ProbeRequest] = []
        var probeAnswer: ProbeResponse?
        var federations = 0
        var snmpRequests: [SNMPRequest] = []
        var snmpAnswer = SNMPResponse.refused(status: 403, "refused")
    }

    private let state: Mutex<State>
    /// Scrapes wait here when there is one.
    let gate: Gate?

    init(samples: Int = 1, gate: Gate? = nil) throws {
        state = Mutex(State(answer: ScrapeResponse(merged: try TestExposition.gauges(samples))))
        self.gate = gate
    }

    var asked: [ScrapeRequest] { state.withLock { $0.requests } }

    var isReady: Bool {
        get { state.withLock { $0.isReady } }
        set { state.withLock { $0.isReady = newValue } }
    }

    func fail(_ failed: [String] = [], unknown: [String] = []) {
        state.withLock {
            $0.answer.failed = failed
            $0.answer.unknownPlugins = unknown
        }
    }

    func complainAtReload(_ problems: [String]) { state.withLock { $0.problems = problems } }

    func scrape(_ request: ScrapeRequest) async -> ScrapeResponse {
        state.withLock { $0.requests.append(request) }
        await gate?.pass()
        return state.withLock { $0.answer }
    }

    /// Refuses, unless there is an answer.
    func probe(_ request: ProbeRequest) async -> ProbeResponse {
        state.withLock { $0.probes.append(request) }
        return state.withLock { $0.probeAnswer } ?? .refused(status: 403, "refused")
    }

    var probed: [ProbeRequest] { state.withLock { $0.probes } }

    func answerProbes(_ answer: ProbeResponse) { state.withLock { $0.probeAnswer = answer } }

    /// What was asked of `/federate`.
    var federated: Int { state.withLock { $0.federations } }

    func federate(_ request: FederateRequest) async -> FederateResponse {
        let merged = state.withLock { state in
            state.federations += 1
            return state.answer.merged
        }
        var federation = Federation(request.selectors, labels: [:], now: 1_000)
        do {
            let (format, bytes) = encode(try federation.select(merged), for: request.accepted)
            return .answered(format, ByteBuffer(bytes: bytes))
        } catch {
            return .refused("too much work")
        }
    }

    func snmp(_ request: SNMPRequest) async -> SNMPResponse {
        state.withLock {
            $0.snmpRequests.append(request)
            return $0.snmpAnswer
        }
    }

    var snmpAsked: [SNMPRequest] { state.withLock { $0.snmpRequests } }

    func answerSNMP(_ answer: SNMPResponse) { state.withLock { $0.snmpAnswer = answer } }

    func status() async -> HubStatus { .sample }

    func reload() async -> ReloadReport { ReloadReport(problems: state.withLock { $0.problems }) }
}

/// Holds whoever comes until it is opened, and tells when somebody has come.
final class Gate: Sendable {
    private let arrivals = AsyncStream.makeStream(of: Void.self)
    private let opening = AsyncStream.makeStream(of: Never.self)

    /// Returns when opened or cancelled.
    func pass() async {
        arrivals.continuation.yield()
        for await _ in opening.stream {}
    }

    func open() { opening.continuation.finish() }

    /// Returns when the next one has come.
    func arrival() async {
        for await _ in arrivals.stream { return }
    }
}
