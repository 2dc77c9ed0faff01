import NIOCore

/// Where a connection stands between its requests and answers, and when it has been there for too long.
///
/// Knows no channel and no clock: `ConnectionHandler` tells it what happened and does what it says.
struct ConnectionState {
    private let limits: HTTPLimits
    /// Requests whose head was read and whose answer is not written yet.
    private(set) var unanswered = 0
    /// Answers written of which the client has not taken all bytes.
    private var unsent = 0
    /// Since when a request is incomplete.
    private var readingSince: NIODeadline?
    private var sendingSince = NIODeadline.uptimeNanoseconds(0)
    private var idleSince: NIODeadline
    private var bodyBytes = 0
    /// What the newest request may take.
    private var allowance: BodyAllowance
    /// A part of a request has come up since the last read was complete.
    private var sawPart = false
    /// Whether any byte was ever received.
    private(set) var hasReceived = false
    /// The newest request is the client's last one.
    private var closesAfterAnswers = false
    /// The client sends nothing more.
    private var isInputClosed = false
    /// Shutdown has begun: no further request will be answered.
    private var isDraining = false

    init(limits: HTTPLimits, openedAt now: NIODeadline) {
        self.limits = limits
        allowance = limits.allowance(for: nil)
        readingSince = now
        idleSince = now
    }

    /// Nothing is asked and nothing is owed.
    var isQuiet: Bool { unanswered == 0 && unsent == 0 }

    /// The newest request is the only one that is owed an answer.
    var isFirstInLine: Bool { unanswered == 1 && unsent == 0 }

    /// The answer being written is the last one on this connection.
    var isLastAnswer: Bool { (isDraining || closesAfterAnswers) && unanswered == 1 }

    /// A request's head has come.
    ///
    /// - Returns: What is wrong with it, if anything.
    mutating func readHead(contentLength: Int?, path: String? = nil) -> ConnectionFault? {
        sawPart = true
        bodyBytes = 0
        allowance = limits.allowance(for: path)
        guard contentLength ?? 0 <= allowance.bytes else { return .bodyTooLarge }
        unanswered += 1
        return nil
    }

    /// The request whose head came last asks for the connection's end.
    mutating func requestedClose() { closesAfterAnswers = true }

    /// A piece of a request's body has come.
    mutating func readBody(_ count: Int) -> ConnectionFault? {
        sawPart = true
        bodyBytes += count
        return bodyBytes <= allowance.bytes ? nil : .bodyTooLarge
    }

    /// A request is complete.
    mutating func readEnd() {
        sawPart = true
        readingSince = nil
        allowance = limits.allowance(for: nil)
    }

    /// The client has closed its direction; it may still wait for answers.
    mutating func inputClosed() {
        isInputClosed = true
        readingSince = nil
    }

    /// A request was refused: what remains is to wait until the client has seen it.
    mutating func refused(at now: NIODeadline) { readingSince = now }

    /// All bytes that were there have been read.
    ///
    /// Bytes that made no part belong to an unfinished head: the time for it begins with the first of them.
    mutating func readCompleted(at now: NIODeadline, isInsideBody: Bool) {
        hasReceived = true
        if !isInputClosed, !sawPart || isInsideBody { readingSince = readingSince ?? now }
        sawPart = false
    }

    /// An answer has been handed to the socket as a whole.
    mutating func wroteAnswer(at now: NIODeadline) {
        unanswered = max(0, unanswered - 1)
        if unsent == 0 { sendingSince = now }
        unsent += 1
    }

    /// The client has taken an answer.
    ///
    /// - Returns: True when the connection is to be closed now.
    mutating func sentAnswer(at now: NIODeadline) -> Bool {
        unsent -= 1
        idleSince = now
        return isDraining && isQuiet
    }

    /// Shutdown has begun.
    ///
    /// - Returns: True when the connection can be closed at once.
    mutating func drain() -> Bool {
        isDraining = true
        return isQuiet
    }

    /// When patience ends, and with what; nil while the server itself is busy with an answer.
    var deadline: (time: NIODeadline, fault: ConnectionFault)? {
        if let readingSince { return (readingSince + allowance.time, .requestTimeout) }
        if unsent > 0 { return (sendingSince + limits.responseTimeout, .responseTimeout) }
        if unanswered > 0 { return nil }
        return (idleSince + limits.idleTimeout, .idleTimeout)
    }
}
