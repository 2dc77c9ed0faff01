import NIOCore

/// What a debug probe did, as text: its result, what it used up, its log and conversation, its samples.
struct ProbeReport {
    let request: ProbeRequest
    let probe: ProbeAnswer
    let transcript: RunTranscript
    /// For the whole probe.
    let limit: TimeAmount
    let exposition: String

    /// Whatever the parts came from, no secret is left in it.
    var text: String {
        probe.secrets.redact("\(head)\n\(conversation)\nSamples\n\n\(indented(exposition))")
    }

    private var head: String {
        let facts = [
            ("plugin", request.plugin), ("target", ConfigurationText.quote(request.target)), ("result", result),
            ("started", started), ("duration", "\(duration) of \(Self.seconds(limit.inSeconds))"),
        ]
        return (facts + usage + [("network", network)]).map { name, value in
            name + String(repeating: " ", count: 12 - name.count) + value + "\n"
        }.joined()
    }

    private var result: String {
        probe.answer.failure.map { "failure: \($0.reason.rawValue): \($0.message)" } ?? "success"
    }

    private var started: String { transcript.startTime.map { HTTPDate.text(Int($0)) } ?? "not yet" }

    private var duration: String {
        guard let seconds = transcript.usage?.seconds ?? probe.answer.duration?.inSeconds else { return "unknown" }
        return Self.seconds(seconds)
    }

    private var usage: [(String, String)] {
        let limits = probe.limits
        let cpuLimit = Self.seconds(TimeAmount(limits.cpu).inSeconds)
        guard let used = transcript.usage else { return [("limits", "\(cpuLimit) of CPU; the run has not come back")] }
        return [
            ("cpu", "\(Self.seconds(used.cpuSeconds)) of \(cpuLimit)"),
            ("memory", "\(Figures.bytes(used.memory)) of \(Figures.bytes(limits.memory))"),
            ("samples", "\(used.samples) of \(limits.samples)"),
            ("bytes", "\(Figures.bytes(used.bytes)) of \(Figures.bytes(limits.bytes))"),
        ]
    }

    private var network: String { probe.grants?.joined(separator: ", ") ?? "as the plugin is granted" }

    private var conversation: String {
        let entries = transcript.entries
        guard !entries.isEmpty else { return "Log and conversation: none\n" }
        var lines = entries.map { entry in
            let time = Self.seconds(entry.seconds)
            let padding = String(repeating: " ", count: max(0, 12 - time.count))
            let kind = entry.kind + String(repeating: " ", count: max(1, 12 - entry.kind.count))
            let text = entry.text.split(separator: "\n", omittingEmptySubsequences: false)
            return padding + time + "  " + kind + text.joined(separator: "\n" + String(repeating: " ", count: 26))
                + "\n"
        }
        if transcript.leftOut > 0 { lines.append("  \(transcript.leftOut) more, beyond the limit of a transcript\n") }
        return "Log and conversation\n\n" + lines.joined()
    }

    private func indented(_ text: String) -> String {
        text.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n")
    }

    /// To the millisecond.
    private static func seconds(_ seconds: Double) -> String {
        let milliseconds = Int((max(0, seconds) * 1000).rounded())
        let fraction = String(milliseconds % 1000)
        return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction + " s"
    }
}
