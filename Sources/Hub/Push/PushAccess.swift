import FoundationEssentials

/// Decides by the `Authorization` header who may push to a job.
struct PushAccess: Sendable {
    private let jobs: [String: PushCredentials]

    init(_ jobs: [String: PushCredentials]) { self.jobs = jobs }

    /// Whether a request with this header may change groups of the job; nil stands for all jobs.
    func allows(_ header: String?, job: String?) -> Bool {
        guard !jobs.isEmpty else { return true }
        // With credentials for some jobs, the others are closed.
        guard let credentials = job.flatMap({ jobs[$0] }) ?? jobs["*"] else { return false }
        guard let header, let blank = header.firstIndex(of: " ") else { return false }
        let scheme = header[..<blank].lowercased()
        let value = header[blank...].drop { $0 == " " }
        switch credentials {
        case .bearer(let token):
            return scheme == "bearer" && Self.areSame(Array(value.utf8), Array(token.reveal().utf8))
        case .basic(let username, let password):
            guard scheme == "basic", let given = Data(base64Encoded: String(value)) else { return false }
            return Self.areSame(Array(given), Array("\(username):\(password.reveal())".utf8))
        }
    }

    /// What a client is asked for.
    func challenge(job: String?) -> String {
        switch job.flatMap({ jobs[$0] }) ?? jobs["*"] {
        case .bearer: "Bearer"
        default: "Basic realm=\"push\", charset=\"UTF-8\""
        }
    }

    /// Takes the same time wherever the first difference is.
    private static func areSame(_ first: [UInt8], _ second: [UInt8]) -> Bool {
        var difference = first.count ^ second.count
        for (number, byte) in first.enumerated() {
            difference |= Int(byte ^ (second.isEmpty ? 0 : second[number % second.count]))
        }
        return difference == 0
    }
}
