/// What a peer shows when it takes a command: `> ` or `# `, after its name or not, or a text that the caller gives.
struct Prompt: Sendable {
    /// A line of so many bytes is no prompt.
    static let limit = 100

    struct Match {
        let isAdministrator: Bool
        /// Whether nothing else can look like it.
        ///
        /// A lone `# ` is also how lines of a configuration start.
        let isCertain: Bool
    }

    private struct Learned {
        let line: [UInt8]
        let name: ArraySlice<UInt8>
        let hasBlank: Bool
    }

    private static let user = UInt8(ascii: ">")
    private static let administrator = UInt8(ascii: "#")

    /// The given text, and the same for an administrator.
    private let given: [[UInt8]]
    private var learned: Learned?

    init(given: String?) {
        guard let given else {
            self.given = []
            return
        }
        var other = Array(given.utf8)
        if let mark = other.lastIndex(where: { $0 != 0x20 }), other[mark] == Self.user {
            other[mark] = Self.administrator
        }
        self.given = [Array(given.utf8), other]
    }

    /// The line, raw, that the first prompt was.
    var line: [UInt8] { learned?.line ?? [] }

    /// Keeps the line for comparison; to be called with a line that matches.
    mutating func learn(_ line: ArraySlice<UInt8>) {
        let parts = Self.parts(line)
        learned = Learned(line: Array(line), name: parts?.name ?? [], hasBlank: parts?.hasBlank ?? false)
    }

    /// Looks at the unfinished last line; `decode` gives it in UTF-8.
    func match(
        _ line: ArraySlice<UInt8>,
        decode: (ArraySlice<UInt8>) throws(TelnetError) -> [UInt8]
    ) throws(TelnetError) -> Match? {
        guard !line.isEmpty, line.count < Self.limit else { return nil }
        guard given.isEmpty else { return try matchGiven(line, decode) }
        guard let parts = Self.parts(line) else { return nil }
        let isAdministrator = parts.mark == Self.administrator
        guard let learned else { return Match(isAdministrator: isAdministrator, isCertain: false) }
        guard parts.hasBlank || !learned.hasBlank else { return nil }
        if parts.name == learned.name {
            return Match(isAdministrator: isAdministrator, isCertain: !(isAdministrator && parts.name.isEmpty))
        }
        return isAdministrator && isSelection(parts.name, learned.name)
            ? Match(isAdministrator: true, isCertain: false) : nil
    }

    private func matchGiven(
        _ line: ArraySlice<UInt8>,
        _ decode: (ArraySlice<UInt8>) throws(TelnetError) -> [UInt8]
    ) throws(TelnetError) -> Match? {
        // Most chunks end otherwise. A byte of ASCII at the end may be half of a character, so that is not enough.
        guard given.contains(where: { $0.last == line.last || ($0.last ?? 0) >= 0x80 }) else { return nil }
        let text = try decode(line)
        guard let end = given.first(where: { text.hasSuffix($0) }) else { return nil }
        return Match(
            isAdministrator: end.last { $0 != 0x20 } == Self.administrator,
            isCertain: learned.map { $0.line[...] == line } ?? (text == end)
        )
    }

    /// The name, the mark and whether a blank follows; nil for what is no prompt.
    ///
    /// The marks and the blank are below 0x40 and so never the second byte of a Japanese character.
    private static func parts(_ line: ArraySlice<UInt8>) -> (name: ArraySlice<UInt8>, mark: UInt8, hasBlank: Bool)? {
        let hasBlank = line.last == 0x20
        let body = hasBlank ? line.dropLast() : line
        guard let mark = body.last, mark == user || mark == administrator else { return nil }
        let name = body.dropLast()
        guard name.first != 0x20, name.first != administrator, !name.contains(where: { $0 < 0x20 }) else { return nil }
        return (name, mark, hasBlank)
    }

    /// `pp1`, `tunnel2`, `ppanonymous`, after the name or not, as the router shows what the commands are about.
    private func isSelection(_ name: ArraySlice<UInt8>, _ base: ArraySlice<UInt8>) -> Bool {
        var word = name.starts(with: base) ? name.dropFirst(base.count) : name
        if word.first == 0x20 { word = word.dropFirst() }
        guard (2...16).contains(word.count), let first = word.first, (0x61...0x7A).contains(first) else { return false }
        return word.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
    }

    /// The length of the prompt at the end of the last line of an answer (UTF-8).
    func length(inLastLine line: [UInt8]) -> Int {
        if let learned, !given.isEmpty, line.hasSuffix(learned.line) { return learned.line.count }
        return given.first { line.hasSuffix($0) }?.count ?? line.count
    }
}
