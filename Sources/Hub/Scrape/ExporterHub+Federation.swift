import Exposition
import NIOCore
import NIOPosix

extension ExporterHub {
    func federate(_ request: FederateRequest) async -> FederateResponse {
        guard !request.selectors.isEmpty else {
            return Self.answer(merge([]), request)
        }
        let start = NIODeadline.now()
        let limit = ScrapeDeadline(configuration.scrape).limit(asked: request.timeout)
        let collection = await manager.collect([], deadline: start + limit)
        let merged = await merged(collection, isWhole: true, others: [Self.up(collection)])
        let labels = configuration.externalLabels
        let now = Int64(Clock.unixSeconds() * 1000)
        // Other requests are not to wait while a long expression is at work.
        let answer = try? await NIOThreadPool.singleton.runIfActive { () -> FederateResponse in
            var federation = Federation(request.selectors, labels: labels, now: now)
            do throws(Federation.TooMuchWork) {
                return Self.answer(try federation.select(merged), request)
            } catch {
                return .refused("selectors must take at most \(error.steps) steps")
            }
        }
        return answer ?? .refused("the hub is shutting down")
    }

    private static func answer(_ merged: MergedExposition, _ request: FederateRequest) -> FederateResponse {
        let (format, bytes) = encode(merged, for: request.accepted)
        return .answered(format, ByteBuffer(bytes: bytes))
    }

    /// What a Prometheus in the hub's place would say of each plugin or target.
    private static func up(_ collection: Collection) -> Contribution {
        var block = FamilyBlock(
            FamilyDescriptor(name: "up", kind: .gauge, help: "Whether the plugin's last run was good, of each target.")
        )
        for report in collection.reports where report.isEnabled {
            for target in report.targets {
                var labels = [(name: "job", value: report.name)]
                if target.address != nil { labels.append((name: "target", value: target.name)) }
                let isUp = target.lastRun != nil && target.failure == nil
                let time = target.lastRun.map { Int64($0 * 1000) }
                try? block.append(isUp ? 1 : 0, labels: labels, timestamp: time)
            }
        }
        return Contribution(source: "hub", families: [block], comesFirst: true)
    }
}
