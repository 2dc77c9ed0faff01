/// Why an agent's objects are not to be had; the texts do not name the agent.
package enum SNMPError: Error, Hashable, Sendable {
    /// Seconds of a try, and how many followed the first one.
    case noResponse(timeout: Double, retries: Int)
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
        case unknownPDUHandler
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

    package var text: String {
        switch self {
        case .noResponse(let timeout, let retries):
            let seconds = Self.seconds(timeout)
            return "no response within \(seconds) s (\(retries) \(retries == 1 ? "retry" : "retries"))"
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
        case .unknownPDUHandler: "agent does not handle this kind of request"
        case .unavailableContext(let name): "agent's context \"\(name)\" is not available"
        case .unknownContext(let name): "agent does not know the context \"\(name)\""
        case .other(let name): "agent reported \(name)"
        }
    }
}
