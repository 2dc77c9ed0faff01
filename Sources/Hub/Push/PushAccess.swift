import Relay

/// Decides by the `Authorization` header who may push to a job.
struct PushAccess: Sendable {
    private let jobs: [String: PushCredentials]

    init(_ jobs: [String: PushCredentials]) { self.jobs = jobs }

    /// Whether a request with this header may change groups of the job; nil stands for all jobs.
    func allows(_ header: String?, job: String?) -> Bool {
        guard !jobs.isEmpty else { return true }
        // With credentials for some jobs, the others are closed.
        guard let credentials = job.flatMap({ jobs[$0] }) ?? jobs["*"] else { return false }
        guard let given = header.flatMap({ Credentials($0) }) else { return false }
        switch credentials {
        case .bearer(let token):
            return given.username == nil && Token(token.reveal()).matches(given.secret)
        case .basic(let username, let password):
            // Both are compared, whatever the first one comes to.
            let isName = given.username.map { Token(username).matches($0) } ?? false
            return Token(password.reveal()).matches(given.secret) && isName
        }
    }

    /// What a client is asked for.
    func challenge(job: String?) -> String {
        switch job.flatMap({ jobs[$0] }) ?? jobs["*"] {
        case .bearer: "Bearer"
        default: "Basic realm=\"push\", charset=\"UTF-8\""
        }
    }
}
