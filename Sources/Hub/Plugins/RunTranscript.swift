import NIOCore
import Synchronization

/// What one run did, for people: its log lines, what it said to others and what they answered.
///
/// Written on the plugin's thread; may be read on any thread while the run goes on, so that a run that hangs shows how
/// far it came. Secrets are blanked on the way in.
final class RunTranscript: Sendable {
    struct Entry: Sendable, Equatable {
        /// Since the run began.
        let seconds: Double
        /// `log.info`, `http`, `telnet <`; one word, or two.
        let kind: String
        let text: String
    }

    /// What the run used up.
    struct Usage: Sendable, Equatable {
        let seconds: Double
        let cpuSeconds: Double
        let samples: Int
        let bytes: Int
        /// Of the plugin's state, after the run.
        let memory: Int
    }

    /// Bytes of all texts; what comes later is counted only.
    static let limit = 256 << 10
    /// Characters of one text.
    static let textLimit = 8 << 10
    /// Characters that are searched for secrets, so that none is cut in two where the text ends.
    private static let searchLimit = 2 * textLimit

    private struct State {
        var startedAt: NIODeadline?
        /// Unix seconds.
        var startTime: Double?
        var secrets = SecretRegistry()
        var entries: [Entry] = []
        var size = 0
        var leftOut = 0
        var usage: Usage?
    }

    private let state = Mutex(State())

    /// The run begins: from here on times are counted, and these texts are blanked.
    func begin(blanking secrets: SecretRegistry) {
        state.withLock {
            $0.startedAt = .now()
            $0.startTime = Clock.unixSeconds()
            $0.secrets = secrets
        }
    }

    /// Notes one step; `kind` says who speaks, `text` may have several lines.
    func note(_ kind: String, _ text: String) {
        let now = NIODeadline.now()
        let start = String(text.prefix(Self.searchLimit))
        state.withLock { state in
            guard state.size < Self.limit else {
                state.leftOut += 1
                return
            }
            let whole = Self.printable(state.secrets.redact(start))
            let shown = whole.count > Self.textLimit ? whole.prefix(Self.textLimit) + "..." : whole
            state.size += shown.utf8.count
            let seconds = state.startedAt.map { (now - $0).inSeconds } ?? 0
            state.entries.append(Entry(seconds: seconds, kind: kind, text: shown))
        }
    }

    func end(_ usage: Usage) { state.withLock { $0.usage = usage } }

    var entries: [Entry] { state.withLock { $0.entries } }
    /// Steps that were not noted, for the transcript was full.
    var leftOut: Int { state.withLock { $0.leftOut } }
    /// Nil while the run goes on.
    var usage: Usage? { state.withLock { $0.usage } }
    /// Unix seconds; nil when the run has not begun.
    var startTime: Double? { state.withLock { $0.startTime } }

    /// Control characters as escapes, but for line ends and tabs: a terminal must not obey what a device sent.
    private static func printable(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        return text.unicodeScalars.reduce(into: "") { result, scalar in
            if isControl(scalar) {
                result += "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar != "\n" && scalar != "\t" && (scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value))
    }
}
