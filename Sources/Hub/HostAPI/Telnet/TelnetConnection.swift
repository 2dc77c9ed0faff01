import LuaSandbox
import NIOCore
import Telnet

/// A telnet session on a connection: carries out what the session's state machine asks for.
final class TelnetConnection: Connection {
    /// Seconds for the login and for each answer, where the plugin gives none.
    static let answerTimeout = 5.0
    /// Seconds without use; below the five minutes after which routers log out by themselves.
    static let sessionIdleTimeout = 240.0
    /// Time for taking leave.
    static let logoutTimeout = TimeAmount.seconds(1)

    private let stream: any ByteStream
    private let eventLoop: any EventLoop
    private var session: TelnetSession
    private(set) var banner = ""
    private var timer: Scheduled<Void>?
    private var quietTimer: Scheduled<Void>?
    /// What the session's end is told to, while it logs in.
    private var onLogin: ((Result<Void, NetworkError>) -> Void)?
    private var isLeaving = false
    /// Of the run that uses the session now.
    private var transcript: RunTranscript?
    private let timeout: Double

    init(
        _ stream: any ByteStream,
        _ session: TelnetSession,
        eventLoop: any EventLoop,
        identity: (id: Int, place: String),
        times: (timeout: Double?, idleTimeout: Double?)
    ) {
        self.stream = stream
        self.session = session
        self.eventLoop = eventLoop
        timeout = times.timeout ?? Self.answerTimeout
        super.init(
            id: identity.id,
            place: identity.place,
            idleTimeout: times.idleTimeout ?? Self.sessionIdleTimeout
        )
    }

    /// Holds what the session keeps of an answer that has not ended.
    private func noteSize() { incoming = stream.inbox.count + session.size }

    /// Logs in for a run; `completion` is called once.
    func login(_ run: CollectRun, _ completion: @escaping (Result<Void, NetworkError>) -> Void) {
        onLogin = completion
        transcript = run.transcript
        startTimer(timeout)
        stream.inbox.onChange = { [weak self] in self?.read() }
        read()
    }

    /// Gives a command; its answer is the result of the call.
    func command(_ text: String, timeout: Double?, _ handle: OperationHandle) {
        begin(handle)
        transcript = handle.run.transcript
        do throws(TelnetError) {
            let actions = try session.command(text)
            startTimer(timeout ?? self.timeout)
            perform(actions)
        } catch {
            finish(.failure("\(place): \(error.text)"))
        }
    }

    /// Logs out in the background, so that the peer's limit of sessions is not used up.
    override func close() {
        guard !isLeaving else { return }
        isLeaving = true
        onLogin = nil
        timer?.cancel()
        let farewell = session.logout()
        leave()
        finish(.failure("session with \(place) was closed"))
        timer = eventLoop.assumeIsolated().scheduleTask(in: Self.logoutTimeout) { [self] in
            perform(session.timedOut())
            end()
        }
        perform(farewell)
        if session.isFinished { end() }
    }

    /// The connection itself is gone.
    private func end() {
        timer?.cancel()
        quietTimer?.cancel()
        stream.inbox.onChange = nil
        stream.close()
        gone()
    }

    private func startTimer(_ seconds: Double) {
        timer?.cancel()
        timer = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(seconds: seconds)) { [weak self] in
            guard let self else { return }
            perform(session.timedOut())
        }
    }

    private func read() {
        let inbox = stream.inbox
        if inbox.count > 0 {
            quietTimer?.cancel()
            perform(session.receive(inbox.take(inbox.count)))
        }
        if inbox.isAtEnd, !session.isFinished { perform(session.connectionClosed(inbox.failure)) }
    }

    private func perform(_ actions: [TelnetAction]) {
        noteSize()
        for action in actions {
            switch action {
            case .send(let bytes, let content):
                note(bytes, content)
                // A failed write shows as the end of the connection.
                stream.send(bytes, isSecret: content == .secret) { _ in }
            case .awaitQuiet: awaitQuiet()
            case .loggedIn(let text):
                transcript?.note("telnet <", text)
                banner = text
                settle(.success(()))
            case .output(let text):
                timer?.cancel()
                transcript?.note("telnet <", text)
                var plan = Plan()
                plan.push(text)
                finish(.values(plan))
            case .failed(let error): settle(.failure(.failed("\(place): \(error.text)")))
            case .close:
                if isLeaving { end() } else { close() }
            }
        }
    }

    private func note(_ bytes: [UInt8], _ content: TelnetAction.Content) {
        guard let transcript else { return }
        switch content {
        case .negotiation: transcript.note("telnet >", "option negotiation, \(bytes.count) bytes")
        case .secret: transcript.note("telnet >", "<secret>")
        case .text: transcript.note("telnet >", String(reflecting: String(decoding: bytes, as: UTF8.self)))
        }
    }

    private func awaitQuiet() {
        quietTimer?.cancel()
        quietTimer = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(TelnetSession.quietPeriod)) { [weak self] in
            guard let self else { return }
            perform(session.quiet())
        }
    }

    /// Ends the login, or the call under way with an error.
    private func settle(_ result: Result<Void, NetworkError>) {
        timer?.cancel()
        if let onLogin {
            self.onLogin = nil
            return onLogin(result)
        }
        if case .failure(let error) = result { finish(error.result) }
    }
}
