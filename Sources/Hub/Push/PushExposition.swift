import Exposition

/// The groups as a source of samples among the plugins.
enum PushExposition {
    /// Who answers for pushed samples where they collide with others.
    static let source = "push"

    /// All families, with the times of the last pushes.
    static func contribution(_ groups: [PushGroup]) -> Contribution {
        var families = times(of: groups)
        for group in groups {
            families += group.families.sorted { $0.key < $1.key }.map(\.value.block)
        }
        return Contribution(source: source, families: families)
    }

    /// When the groups were pushed to; help and names are Pushgateway's.
    static func times(of groups: [PushGroup]) -> [FamilyBlock] {
        let pushed = FamilyDescriptor(
            name: "push_time_seconds",
            kind: .gauge,
            help: "Last Unix time when changing this group in the Pushgateway succeeded."
        )
        let failed = FamilyDescriptor(
            name: "push_failure_time_seconds",
            kind: .gauge,
            help: "Last Unix time when changing this group in the Pushgateway failed."
        )
        return [block(pushed, groups, \.pushed), block(failed, groups, \.failed)]
    }

    private static func block(
        _ descriptor: FamilyDescriptor,
        _ groups: [PushGroup],
        _ time: KeyPath<PushGroup, Double>
    ) -> FamilyBlock {
        var block = FamilyBlock(descriptor)
        for group in groups {
            var labels = group.key.labels.map { (name: $0.name, value: $0.value) }
            if !labels.contains(where: { $0.name == "instance" }) { labels.append((name: "instance", value: "")) }
            try? block.append(group[keyPath: time], labels: labels)
        }
        return block
    }
}

/// The hub's metrics about pushes.
enum PushMetrics {
    static func add(_ store: PushStore, to families: inout SelfFamilies) {
        let counts = store.counters.snapshot()
        let groups = store.groups(at: Clock.unixSeconds())
        let limits = store.configuration.limits
        families.add(.gauge, "hub_push_groups", "Groups of pushed metrics.", Double(groups.count))
        families.add(.gauge, "hub_push_groups_limit", "How many groups there may be.", Double(limits.groups))
        let samples = groups.reduce(0) { $0 + $1.sampleCount }
        families.add(.gauge, "hub_push_samples", "Samples of all groups.", Double(samples))
        families.add(.gauge, "hub_push_samples_limit", "How many samples there may be.", Double(limits.samples))
        let bytes = groups.reduce(0) { $0 + $1.byteCount }
        families.add(.gauge, "hub_push_bytes", "Bytes of all groups' samples.", Double(bytes))
        families.add(.gauge, "hub_push_bytes_limit", "How many bytes there may be.", Double(limits.bytes))
        families.add(.gauge, "hub_push_queue_length", "Pushes that wait to be written.", Double(store.queueLength))
        families.add(.gauge, "hub_push_queue_limit", "How many pushes may wait.", Double(limits.queue))
        families.add(
            .counter,
            "hub_push_requests_total",
            "Pushes and deletions that were carried out.",
            labels: ["method"]
        ) {
            for (method, count) in counts.accepted.sorted(by: { $0.key < $1.key }) { $0(Double(count), [method]) }
        }
        families.add(.counter, "hub_push_rejected_total", "Pushes and deletions that were refused.", labels: ["reason"])
        {
            for (reason, count) in counts.rejected.sorted(by: { $0.key < $1.key }) { $0(Double(count), [reason]) }
        }
        families.add(
            .counter,
            "hub_push_expired_groups_total",
            "Groups dropped when their time was over.",
            Double(counts.expired)
        )
        families.add(.counter, "hub_push_writes_total", "Changes that are on the disk.", Double(counts.writes))
        families.add(.counter, "hub_push_commits_total", "Commits of one or more changes.", Double(counts.commits))
        families.add(
            .counter,
            "hub_push_database_resets_total",
            "Databases that were broken and put aside.",
            Double(counts.resets)
        )
    }
}
