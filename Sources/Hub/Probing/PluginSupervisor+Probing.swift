import NIOCore

extension PluginSupervisor {
    /// Debug probes at the same time; each is a run of its own.
    static let tracedLimit = 4

    /// Whether the plugin takes targets at all.
    var canBeProbed: Bool {
        !configuration.targets.isEmpty || configuration.probe.isOpen || loaded?.needsTargets == true
    }

    /// The number of the target that a probe asks for.
    func admit(_ order: ProbeOrder) throws(ProbeRefusal) -> Int {
        do throws(ProbeRefusal) {
            guard canBeProbed else { throw .noTargets(plugin: name) }
            let number = try number(of: subject(of: order), order)
            report.probes.inProgress += 1
            return number
        } catch {
            report.probes.results[.refused, default: 0] += 1
            throw error
        }
    }

    private func subject(of order: ProbeOrder) throws(ProbeRefusal) -> RunRequest.Subject {
        let text = order.target
        switch directory.match(text) {
        case .target(let number) where order.settings.isEmpty: return .configured(number)
        case .target(let number):
            let address = configuration.targets[number].address
            return .adHoc(AdHocTarget(address: address, grants: nil, base: number, settings: order.settings))
        case .ambiguous: throw .ambiguous(plugin: name, address: text)
        case .nothing: break
        }
        do throws(ProbeTargetError) {
            var target = try allowance.target(text, takesNames: loaded?.runsPrograms != true)
            target.settings = order.settings
            return .adHoc(target)
        } catch {
            throw .notAllowed(plugin: name, target: text, error)
        }
    }

    private func number(of subject: RunRequest.Subject, _ order: ProbeOrder) throws(ProbeRefusal) -> Int {
        let now = NIODeadline.now()
        let number: Int?
        switch (subject, order.transcript) {
        case (_, let transcript?):
            guard targets.tracedCount < Self.tracedLimit else {
                throw .tooMany(plugin: name, "\(Self.tracedLimit) debug probes are under way")
            }
            number = targets.insert(.init(name: order.target, subject: subject, transcript: transcript), now: now)
        case (.configured(let configured), nil): return configured
        case (.adHoc(let target), nil): number = targets.number(of: target, now: now)
        }
        guard let number else {
            throw .tooMany(plugin: name, "\(configuration.probe.maxTargets) targets are being probed")
        }
        scheduleSweep()
        return number
    }

    /// A debug probe's target is there for one run only.
    func forgetIfDone(_ target: Int) {
        guard let runner = targets[target], runner.transcript != nil, runner.isIdle else { return }
        targets.forget(target)
    }

    /// Counts how a probe went and adds what its answer does not know.
    func complete(_ answer: TargetAnswer, target: Int, _ subject: RunRequest.Subject) -> ProbeAnswer {
        report.probes.inProgress -= 1
        forgetIfDone(target)
        report.probes.results[answer.failure == nil ? .success : .failure, default: 0] += 1
        var grants: [String]?
        if case .adHoc(let target) = subject { grants = target.grants }
        return ProbeAnswer(
            answer: answer,
            hasTargetLabel: grants == nil && configuration.targetLabel,
            grants: grants,
            limits: configuration.limits,
            secrets: loaded?.secrets ?? environment.configuration.secrets
        )
    }

    /// Looks now and then for targets to forget, as long as there are any.
    private func scheduleSweep() {
        guard sweeper == nil, targets.adHocCount > 0 else { return }
        sweeper = loop.assumeIsolated().scheduleTask(in: .minutes(1)) { [weak self] in
            self?.sweeper = nil
            self?.targets.forgetOld(now: .now())
            self?.scheduleSweep()
        }
    }
}
