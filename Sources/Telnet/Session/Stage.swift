/// How far a session has come; it only goes forward, but for `ready` and `answer`.
enum Stage: Equatable, Sendable {
    /// Nothing sent yet.
    case greeting
    /// The empty password is sent, with which named users are asked for.
    case usernameQuestion
    case passwordQuestion
    case firstPrompt
    case administratorQuestion
    case administratorPrompt
    case ready
    case answer
    case logout
    case finished

    /// Whether a pager may show up.
    var isPaged: Bool { [.firstPrompt, .administratorPrompt, .answer, .logout].contains(self) }

    var isLogin: Bool { ![.ready, .answer, .logout, .finished].contains(self) }

    /// Whether the first line to come is the one that a password was typed on.
    var followsSecret: Bool { self == .firstPrompt || self == .administratorPrompt }

    /// What is awaited, for error texts.
    func awaited(hasUsername: Bool, command: String) -> String {
        switch self {
        case .greeting: hasUsername ? "the login prompt" : "the password prompt"
        case .usernameQuestion: "the user name prompt"
        case .passwordQuestion: "the password prompt"
        case .firstPrompt: "the command prompt"
        case .administratorQuestion: "the administrator's password prompt"
        case .administratorPrompt: "the administrator's command prompt"
        case .ready: "a command"
        case .answer: "the end of the answer to \"\(command)\""
        case .logout, .finished: "the end of the session"
        }
    }
}
