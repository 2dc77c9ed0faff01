/// What peers say during a login.
enum LoginText {
    enum Kind {
        case username
        case password
    }

    struct Question {
        let kind: Kind
        /// Whether the line is the question and nothing else.
        let isCertain: Bool
    }

    private static let usernames = ["username:", "login:", "user name:", "user:", "ユーザー名:", "ユーザ名:"]
    private static let passwords = ["password:", "パスワード:"]

    /// The question that a line ends with (UTF-8).
    static func question(_ line: [UInt8]) -> Question? {
        guard line.count < Prompt.limit else { return nil }
        let line = String(decoding: line.trimmed.asciiLowercased, as: UTF8.self)
        // What login(1) says after a login: "Last login: Mon ...".
        guard !line.hasPrefix("last login") else { return nil }
        for (kind, texts) in [(Kind.password, passwords), (.username, usernames)] {
            if texts.contains(line) { return Question(kind: kind, isCertain: true) }
            if texts.contains(where: line.hasSuffix) { return Question(kind: kind, isCertain: false) }
        }
        return nil
    }

    /// Whether the line says that the password or the user name is wrong.
    static func isFailure(_ line: [UInt8]) -> Bool {
        contains(
            line,
            [
                "incorrect password", "password incorrect", "invalid password", "bad password", "login incorrect",
                "login invalid", "login failed", "authentication failed", "access denied", "パスワードが間違",
                "ログインに失敗", "認証に失敗",
            ]
        )
    }

    /// Whether the line may be the reason for which the peer closes the connection; a banner may have the same words.
    static func isRefusal(_ line: [UInt8]) -> Bool {
        contains(
            line,
            [
                "too many", "refused", "denied", "not allowed", "not permitted", "in use", "busy", "maximum",
                "exceeded",
                "拒否", "使用中", "多すぎ", "超え", "許可されていません", "できません",
            ]
        )
    }

    private static func contains(_ line: [UInt8], _ texts: [String]) -> Bool {
        guard line.count < 4 * Prompt.limit else { return false }
        let line = line.asciiLowercased
        return texts.contains { line.contains($0) }
    }
}
