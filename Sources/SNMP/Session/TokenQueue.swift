/// Tokens in the order in which they came.
struct TokenQueue {
    private var tokens: [SNMPDispatcher.Token] = []
    private var head = 0

    var isEmpty: Bool { head == tokens.count }

    mutating func append(_ token: SNMPDispatcher.Token) { tokens.append(token) }

    mutating func popFirst() -> SNMPDispatcher.Token? {
        guard head < tokens.count else { return nil }
        defer { head += 1 }
        if head >= 64, head * 2 > tokens.count {
            tokens.removeFirst(head)
            head = 0
        }
        return tokens[head]
    }
}
