/// Why a session has ended, or why a command is not sent.
///
/// `last` is the last line that was received, cut, without secrets.
package enum TelnetError: Error, Equatable, Sendable {
    case timedOut(awaiting: String, last: String)
    case closed(awaiting: String, last: String)
    /// The connection ended with this reason, such as `connection reset by peer`.
    case broken(reason: String, awaiting: String, last: String)
    /// The peer said why it does not let us in.
    case refused(String)
    case loginFailed(String)
    case administratorRefused(String)
    case usernameMissing
    case usernameNotAskedFor
    case bannerTooLong(limit: Int)
    case answerTooLong(limit: Int, command: String)
    case lineTooLong(limit: Int)
    case tooManyPages(limit: Int, command: String)
    case tooManyCommands(limit: Int)
    case subnegotiationTooLong(limit: Int)
    case notDecodable(String)
    case invalidOption(String)
    case invalidCommand(String)
    /// A command is being answered, or the session has not begun or has ended.
    case notReady(String)

    package var text: String {
        switch self {
        case .timedOut(let awaited, let last): "timed out waiting for \(awaited); \(Self.received(last))"
        case .closed(let awaited, let last):
            "the peer closed the connection while waiting for \(awaited); \(Self.received(last))"
        case .broken(let reason, let awaited, let last):
            "\(reason) while waiting for \(awaited); \(Self.received(last))"
        case .refused(let reason): "session refused: \"\(reason)\""
        case .loginFailed(let reason): "login failed: \(reason)"
        case .administratorRefused(let reason): "administrator refused: \(reason)"
        case .usernameMissing: "the peer asks for a user name, and none is set"
        case .usernameNotAskedFor: "a user name is set, and the peer does not ask for one"
        case .bannerTooLong(let limit): "what is sent before the prompt must not be longer than \(limit) bytes"
        case .answerTooLong(let limit, let command):
            "the answer to \"\(Excerpt.cut(command))\" must not be longer than \(limit) bytes"
        case .lineTooLong(let limit): "a line must not be longer than \(limit) bytes"
        case .tooManyPages(let limit, let command):
            "the answer to \"\(Excerpt.cut(command))\" must not have more than \(limit) pages"
        case .tooManyCommands(let limit): "more than \(limit) telnet commands in a row"
        case .subnegotiationTooLong(let limit): "a telnet subnegotiation must not be longer than \(limit) bytes"
        case .notDecodable(let reason): reason
        case .invalidOption(let reason), .invalidCommand(let reason): reason
        case .notReady(let reason): "the session takes no command: \(reason)"
        }
    }

    private static func received(_ last: String) -> String {
        last.isEmpty ? "nothing was received" : "last received \"\(last)\""
    }
}
