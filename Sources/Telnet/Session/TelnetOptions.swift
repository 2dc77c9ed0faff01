/// How to talk to one peer.
package struct TelnetOptions: Sendable {
    /// Nil for a peer that asks for the password only.
    package var username: String?
    package var password = ""
    /// Becomes administrator after the login when there is one.
    package var administratorPassword: String?
    package var charset = CharsetChoice.automatic
    /// The end of the prompt's line; nil to find out (`> `, `# `, `NAME> `, `NAME# `).
    ///
    /// What stands before it on the line belongs to the answer, unless the first prompt had it too.
    package var prompt: String?
    /// Where the peer wraps lines, told to it too where it asks (RFC 1073); 0 when it does not.
    package var columns = 80
    package var rows = 24
    /// RFC 1091.
    package var terminal = "vt100"
    package var limits = TelnetLimits()

    package init() {}

    /// RFC 1091: up to 40 printable characters; RFC 1073: 16 bits.
    func validate() throws(TelnetError) {
        for (name, value) in [
            ("user name", username), ("password", password), ("administrator's password", administratorPassword),
        ] {
            guard let value else { continue }
            guard !value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
                throw .invalidOption("\(name) must not contain control characters")
            }
        }
        guard (0...65535).contains(columns) else {
            throw .invalidOption("columns must be between 0 and 65535, got \(columns)")
        }
        guard (0...65535).contains(rows) else {
            throw .invalidOption("rows must be between 0 and 65535, got \(rows)")
        }
        guard (1...40).contains(terminal.utf8.count), terminal.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .invalidOption("terminal must be 1 to 40 printable characters of ASCII")
        }
        if let prompt {
            guard (1..<Prompt.limit).contains(prompt.utf8.count), !prompt.utf8.contains(where: { $0 < 0x20 }) else {
                throw .invalidOption("prompt must be 1 to \(Prompt.limit - 1) bytes without control characters")
            }
        }
    }
}

/// What a peer may send before the session fails; those of the negotiation are `NegotiationParser`'s.
package struct TelnetLimits: Sendable {
    /// Bytes of the answer to one command, as sent.
    package var output = 1 << 20
    /// Bytes of one line.
    package var line = 64 << 10
    /// Pages of the answer to one command.
    package var pages = 5000
    /// Bytes between two questions of the login.
    package var banner = 64 << 10
    /// Bytes of a command.
    package var command = 1000

    package init() {}
}
