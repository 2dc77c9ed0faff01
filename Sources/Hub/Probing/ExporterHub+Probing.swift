import Exposition
import NIOCore

extension ExporterHub {
    /// Collects one target, or takes part in its run under way; where it is collected in the background, the last result.
    func probe(_ request: ProbeRequest) async -> ProbeResponse {
        let start = NIODeadline.now()
        let limit = ScrapeDeadline(configuration.scrape).limit(asked: request.timeout)
        let transcript = request.isDebug ? RunTranscript() : nil
        let order = ProbeOrder(plugin: request.plugin, target: request.target, transcript: transcript)
        let probe: ProbeAnswer
        switch await manager.probe(order, deadline: start + limit) {
        case .failure(let refusal): return .refused(status: refusal.status, refusal.description)
        case .success(let answer): probe = answer
        }
        let elapsed = NIODeadline.now() - start
        let merged = merge([
            Contribution(source: request.plugin, families: Self.families(of: probe)),
            // No plugin's name comes before this one, so that these two are not taken for a plugin's.
            Contribution(source: "", families: Self.result(of: probe, elapsed: elapsed)),
        ])
        for conflict in counters.add(merged.conflicts).new { report(conflict) }
        let failure = probe.answer.failure.map {
            "\(request.plugin) (\(request.target)): \($0.reason.rawValue): \($0.message)"
        }
        guard let transcript else { return .answered(merged, failure: failure) }
        let report = ProbeReport(
            request: request,
            probe: probe,
            transcript: transcript,
            limit: limit,
            exposition: String(decoding: encode(merged, as: .text), as: UTF8.self)
        )
        return .report(report.text)
    }

    /// The samples without the label that names the target: Prometheus gives them an `instance`.
    private static func families(of probe: ProbeAnswer) -> [FamilyBlock] {
        guard probe.hasTargetLabel else { return probe.answer.families }
        return probe.answer.families.map { $0.removingLabel(PluginConfiguration.targetLabelName) }
    }

    /// Names and meaning are those of blackbox_exporter.
    private static func result(of probe: ProbeAnswer, elapsed: TimeAmount) -> [FamilyBlock] {
        var families = SelfFamilies()
        families.add(
            .gauge,
            "probe_duration_seconds",
            "How long the target's last run took.",
            (probe.answer.duration ?? elapsed).inSeconds
        )
        families.add(
            .gauge,
            "probe_success",
            "Whether the target's last run was good.",
            probe.answer.failure == nil ? 1 : 0
        )
        return families.blocks
    }
}
