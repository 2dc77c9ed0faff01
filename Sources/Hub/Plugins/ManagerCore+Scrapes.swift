import NIOCore

/// Scrapes and probes that wait for their plugins.
extension ManagerCore {
    /// Scrapes that wait at the same time.
    static let scrapeLimit = 256
    /// Probes that wait at the same time: as many as the server has connections.
    static let probeLimit = 512

    /// One scrape that waits for its plugins.
    struct PendingScrape {
        var open: Set<PartKey> = []
        var collection = Collection()
        let ticket: ScrapeTicket
        /// Called once, with all parts.
        let answer: (Collection) -> Void
        /// A probe asks for one part and wants to know of nothing else.
        var isProbe = false
        var timer: Scheduled<Void>?
    }

    struct PartKey: Hashable {
        let plugin: String
        let target: Int
    }

    // MARK: Beginning

    func collect(
        _ names: [String],
        deadline: NIODeadline,
        _ ticket: ScrapeTicket,
        _ promise: EventLoopPromise<Collection>
    ) {
        let chosen = names.isEmpty ? Array(supervisors.keys) : names.filter { supervisors[$0] != nil }
        var scrape = PendingScrape(ticket: ticket) { promise.succeed($0) }
        scrape.collection.unknown = names.filter { supervisors[$0] == nil && disabled[$0] == nil }
        for plugin in Set(chosen) {
            for target in 0..<(supervisors[plugin]?.targetCount ?? 0) {
                scrape.open.insert(PartKey(plugin: plugin, target: target))
            }
        }
        guard scrapes.count - probeCount < Self.scrapeLimit else { return refuse(scrape) }
        guard !scrape.open.isEmpty else { return finish(scrape) }
        begin(scrape, deadline: deadline)
    }

    /// Asks one target of one plugin; the answer is what became of it.
    func probe(
        _ order: ProbeOrder,
        deadline: NIODeadline,
        _ ticket: ScrapeTicket,
        _ promise: EventLoopPromise<Result<ProbeAnswer, ProbeRefusal>>
    ) {
        do throws(ProbeRefusal) {
            guard disabled[order.plugin] == nil else { throw .disabledPlugin(order.plugin) }
            guard let supervisor = supervisors[order.plugin] else { throw .unknownPlugin(order.plugin) }
            guard probeCount < Self.probeLimit else {
                throw .tooMany(plugin: order.plugin, "more than \(Self.probeLimit) probes at once")
            }
            let target = try supervisor.admit(order)
            let subject = supervisor.targets[target]?.subject ?? .configured(target)
            var scrape = PendingScrape(ticket: ticket) { collection in
                let answer = collection.parts.first?.answer ?? TargetAnswer(families: [], failure: nil)
                promise.succeed(.success(supervisor.complete(answer, target: target, subject)))
            }
            scrape.isProbe = true
            scrape.open = [PartKey(plugin: order.plugin, target: target)]
            probeCount += 1
            begin(scrape, deadline: deadline)
        } catch {
            promise.succeed(.failure(error))
        }
    }

    private func begin(_ scrape: PendingScrape, deadline: NIODeadline) {
        nextScrape += 1
        let id = nextScrape
        let parts = scrape.open.sorted { ($0.plugin, $0.target) < ($1.plugin, $1.target) }
        scrapes[id] = scrape
        // Not always the same targets come first where not all can be collected in time.
        let start = parts.isEmpty ? 0 : id % parts.count
        for part in parts[start...] + parts[..<start] {
            supervisors[part.plugin]?.request(waiter: id, target: part.target)
        }
        guard scrapes[id] != nil else { return }
        scrapes[id]?.timer = loop.assumeIsolated().scheduleTask(deadline: deadline) { [weak self] in self?.expire(id) }
    }

    /// Answers a scrape that is one too many: nothing was collected, and it must not look as if nothing were there.
    private func refuse(_ scrape: PendingScrape) {
        var scrape = scrape
        let failure = RunFailure(reason: .abort, message: "more than \(Self.scrapeLimit) scrapes at once")
        for part in scrape.open {
            scrape.collection.parts.append(self.part(part, .init(families: [], failure: failure)))
        }
        finish(scrape)
    }

    // MARK: Ending

    /// Answers a scrape with what there is, for nobody waits for the rest.
    func expire(_ ticket: ScrapeTicket) {
        guard let id = scrapes.first(where: { $0.value.ticket === ticket })?.key else { return }
        expire(id)
    }

    private func expire(_ id: Int) {
        for part in scrapes[id]?.open ?? [] {
            supervisors[part.plugin]?.expire(waiter: id, target: part.target)
        }
        guard let scrape = scrapes.removeValue(forKey: id) else { return }
        finish(scrape)
    }

    func deliver(_ answer: TargetAnswer, of plugin: String, target: Int, to id: Int) {
        let key = PartKey(plugin: plugin, target: target)
        guard scrapes[id]?.open.remove(key) != nil else { return }
        scrapes[id]?.collection.parts.append(part(key, answer))
        guard scrapes[id]?.open.isEmpty == true, let scrape = scrapes.removeValue(forKey: id) else { return }
        finish(scrape)
    }

    private func part(_ key: PartKey, _ answer: TargetAnswer) -> Collection.Part {
        let targets = environment.configuration.plugin(key.plugin).targets
        let name = key.target < targets.count ? targets[key.target].name : ""
        return .init(plugin: key.plugin, target: name, answer: answer)
    }

    private func finish(_ scrape: PendingScrape) {
        scrape.timer?.cancel()
        var collection = scrape.collection
        if scrape.isProbe {
            probeCount -= 1
        } else {
            collection.parts.sort { ($0.plugin, $0.target) < ($1.plugin, $1.target) }
            collection.reports = reports()
        }
        scrape.answer(collection)
    }
}
