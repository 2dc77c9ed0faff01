extension TelnetSession {
    /// As many levels as are left at most: an administrator's, a selection's and the session itself.
    private static let exitLimit = 3

    /// Leaves politely; `close` comes when the peer has gone, when it has been told often enough, or from `timedOut()`.
    ///
    /// While something else is going on there is no polite way, and the connection is closed at once.
    package mutating func logout() -> [TelnetAction] {
        guard stage == .ready else { return stage == .logout ? [] : finish() }
        var actions: [TelnetAction] = []
        exits = 1
        answer = Answer(command: "exit")
        send("exit", .text, then: .logout, &actions)
        return actions
    }

    mutating func proceedWithLogout(_ actions: inout [TelnetAction]) throws(TelnetError) {
        guard let line = screen.lastLine else { return }
        if line.count < Prompt.limit, Array(line).asciiLowercased.contains("(y/n)") {
            // "Save new configuration ? (Y/N)": nothing of ours has changed it.
            send("N", .text, then: .logout, &actions)
        } else if try prompt.match(line, decode: decodeLast) != nil {
            guard exits < Self.exitLimit else {
                actions += finish()
                return
            }
            exits += 1
            send("exit", .text, then: .logout, &actions)
        }
    }
}
