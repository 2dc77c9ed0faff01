/// Why an agent's objects are not to be had; the texts do not name the agent.
package enum SNMPError: Error, Hashable, Sendable {
    /// Seconds of a try, and how many followed the first one.
    case noResponse(timeout: Double, retries: Int)
    /// The agent is there, but no answer can be taken, or none comes: seconds, retries, and what may be wrong.
    case noAuthenticResponse(timeout: Double, retries: Int, Doubt)
    /// An answer with the right digest makes no sense when it is deciphered.
    case undecipherable
    /// What the system said about every address that was tried.
    case unreachable(String)
    /// The user, a password or an option cannot be used.
    case invalidOption(String)
    /// The agent answered with an error (RFC 3416 §3); the object is nil where the agent names none.
    case errorStatus(ErrorStatus, ObjectIdentifier?)
    /// The agent refused the message (RFC 3414 §3.2, RFC 3412 §7.1).
    case report(Report)
    /// An answer that cannot be read, or that does not fit the request.
    case malformed(String)
    /// A walk came to an object that is not behind the one before.
    case notIncreasing(ObjectIdentifier, after: ObjectIdentifier)
    /// A walk came to an object for the second time.
    case loop(ObjectIdentifier)
    case tooManyBindings(limit: Int)
    /// A limit of the client's own is used up.
    case busy(String)

    /// What makes agents seem silent.
    package enum Doubt: Hashable, Sendable {
        /// They answer with another digest than the user's.
        case digest
        /// They tell their engine, and drop what they cannot decipher, or do not have the context for.
        case silence
    }

    /// The causes that agents report.
    package enum Report: Hashable, Sendable {
        case unsupportedSecurityLevel
        case notInTimeWindow
        case unknownUserName(String)
        case unknownEngineID
        case wrongDigest
        case decryptionError
        case unknownSecurityModel
        case invalidMessage
        /// For the objects of an engine that is not the agent's own, or of its own where that is empty.
        case unknownPDUHandler(contextEngineID: [UInt8])
        case unavailableContext(String)
        case unknownContext(String)
        case other(ObjectIdentifier)
    }
}

/// RFC 3416 §3.
package enum ErrorStatus: Hashable, Sendable {
    case tooBig, noSuchName, badValue, readOnly, genErr, noAccess, wrongType, wrongLength, wrongEncoding, wrongValue
    case noCreation, inconsistentValue, resourceUnavailable, commitFailed, undoFailed, authorizationError, notWritable
    case inconsistentName
    case unknown(Int32)
}

extension ErrorStatus {
    private static let known: [ErrorStatus] = [
        .tooBig, .noSuchName, .badValue, .readOnly, .genErr, .noAccess, .wrongType, .wrongLength, .wrongEncoding,
        .wrongValue, .noCreation, .inconsistentValue, .resourceUnavailable, .commitFailed, .undoFailed,
        .authorizationError, .notWritable, .inconsistentName,
    ]

    /// Nil for 0, which is no error.
    init?(_ number: Int32) {
        guard number != 0 else { return nil }
        self = (1...Int32(Self.known.count)).contains(number) ? Self.known[Int(number) - 1] : .unknown(number)
    }

    /// As the RFC writes it.
    var name: String { if case .unknown(let number) = self { "error \(number)" } else { "\(self)" } }
}

extension SNMPError {
    /// Seconds without a needless fraction.
    private static func seconds(_ time: Double) -> String {
        time == time.rounded() ? "\(Int(time))" : "\(time)"
    }

    private static func noResponse(_ timeout: Double, _ retries: Int) -> String {
        "no response within \(seconds(timeout)) s (\(retries) \(retries == 1 ? "retry" : "retries"))"
    }

    package var text: String {
        switch self {
        case .noResponse(let timeout, let retries): return Self.noResponse(timeout, retries)
        case .noAuthenticResponse(let timeout, let retries, let doubt):
            return Self.noResponse(timeout, retries) + ", but " + doubt.text
        case .undecipherable:
            return "answer cannot be deciphered: privacy password or protocol does not match"
        case .unreachable(let reasons): return reasons
        case .invalidOption(let text): return text
        case .errorStatus(let status, let name):
            return "agent answered \(status.name)" + (name.map { " for \($0)" } ?? "")
        case .report(let report): return report.text
        case .malformed(let text): return "malformed answer: \(text)"
        case .notIncreasing(let name, let previous):
            return "agent's objects are not in order: \(name) after \(previous)"
        case .loop(let name): return "agent's objects go round in circles: \(name) came twice"
        case .tooManyBindings(let limit): return "more than \(limit) objects"
        case .busy(let text): return text
        }
    }
}

extension SNMPError.Doubt {
    fileprivate var text: String {
        switch self {
        case .digest:
            "messages whose digest does not match: authentication password or protocol may be wrong"
        case .silence:
            "the agent has told its engine: privacy password, privacy protocol or context may be wrong"
        }
    }
}

extension SNMPError.Report {
    package var text: String {
        switch self {
        case .unsupportedSecurityLevel: "agent does not support this security level for the user"
        case .notInTimeWindow: "agent says the message is not in its time window"
        case .unknownUserName(let name): "agent does not know the user \"\(name)\""
        case .unknownEngineID: "agent does not know its own engine id"
        case .wrongDigest: "agent says the digest is wrong: authentication password or protocol does not match"
        case .decryptionError: "agent cannot decrypt: privacy password or protocol does not match"
        case .unknownSecurityModel: "agent does not know the user-based security model"
        case .invalidMessage: "agent says the message is invalid"
        case .unknownPDUHandler(let engine) where engine.isEmpty: "agent does not handle this kind of request"
        case .unknownPDUHandler(let engine):
            "agent does not handle requests for the context engine id "
                + engine.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        case .unavailableContext(let name): "agent's context \"\(name)\" is not available"
        case .unknownContext(let name): "agent does not know the context \"\(name)\""
        case .other(let name): "agent reported \(name)"
        }
    }
}
