import Exposition

/// All groups with what is needed to judge the next push: which kind a name has, and which samples there are.
///
/// Knows neither disk nor clock. What a write changes is answered as the groups before and after it, so that it can be
/// stored, and taken back when it cannot.
struct PushState {
    /// One group before and after a write; nil where there was or is none.
    struct Change {
        let key: GroupingKey
        let before: PushGroup?
        let after: PushGroup?
    }

    private struct Name {
        let kind: MetricKind
        var groups: Int
    }

    private(set) var groups: [GroupingKey: PushGroup] = [:]
    private(set) var sampleCount = 0
    private(set) var byteCount = 0
    private var names: [String: Name] = [:]
    /// The metrics of all groups, by name and labels.
    private var identities: Set<Int> = []
    private var lastNumber = 0
    let limits: PushLimits

    init(_ limits: PushLimits) { self.limits = limits }

    // MARK: Writes

    /// Carries a write out.
    ///
    /// A refused push leaves its time in the group; the changes are then to be stored as well.
    mutating func apply(_ write: PushWrite) -> (changes: [Change], refusal: PushRefusal?) {
        switch write.kind {
        case .delete: return (remove([write.key]), nil)
        case .wipe: return (remove(Array(groups.keys)), nil)
        case .expire: return (remove(groups.values.filter { $0.isExpired(at: write.time) }.map(\.key)), nil)
        case .replace, .update: return push(write)
        }
    }

    private mutating func remove(_ keys: [GroupingKey]) -> [Change] {
        keys.compactMap { key in
            guard let group = groups[key] else { return nil }
            set(nil, for: key)
            return Change(key: key, before: group, after: nil)
        }
    }

    private mutating func push(_ write: PushWrite) -> ([Change], PushRefusal?) {
        var before = groups[write.key]
        // Whoever pushes to a group that is over begins a new one.
        let isOver = before?.isExpired(at: write.time) ?? false
        if isOver { set(nil, for: write.key) }
        let stored = before
        if isOver { before = nil }
        var after = before ?? PushGroup(key: write.key)
        after.expires = write.timeToLive.map { write.time + $0 }
        do throws(PushRefusal) {
            if before == nil, groups.count >= limits.groups { throw .limit("more than \(limits.groups) groups") }
            if let reason = write.body.inconsistency { throw .inconsistent(reason) }
            if write.kind == .replace { after.families = [:] }
            for block in write.body.families {
                lastNumber += 1
                after.families[block.descriptor.name] = PushGroup.Family(
                    block: block,
                    time: write.time,
                    number: lastNumber
                )
            }
            after.pushed = write.time
            try check(after, before)
        } catch {
            return (fail(write, before, stored, error), error)
        }
        set(after, for: write.key)
        return ([Change(key: write.key, before: stored, after: after)], nil)
    }

    /// Notes the time of a refused push; one that breaks a limit leaves nothing.
    private mutating func fail(
        _ write: PushWrite,
        _ before: PushGroup?,
        _ stored: PushGroup?,
        _ refusal: PushRefusal
    ) -> [Change] {
        guard case .inconsistent = refusal else {
            guard before == nil, let stored else { return [] }
            return [Change(key: write.key, before: stored, after: nil)]
        }
        var group = before ?? PushGroup(key: write.key)
        if before == nil { group.expires = write.timeToLive.map { write.time + $0 } }
        group.failed = write.time
        set(group, for: write.key)
        return [Change(key: write.key, before: stored, after: group)]
    }

    // MARK: Consistency

    /// Whether a group may take the place of another.
    private mutating func check(_ after: PushGroup, _ before: PushGroup?) throws(PushRefusal) {
        let samples = sampleCount - (before?.sampleCount ?? 0) + after.sampleCount
        guard samples <= limits.samples else { throw .limit("more than \(limits.samples) samples of all groups") }
        let bytes = byteCount - (before?.byteCount ?? 0) + after.byteCount
        guard bytes <= limits.bytes else { throw .limit("more than \(limits.bytes) bytes of all groups") }
        let (old, new) = Self.differences(before, after)
        for family in old { unindex(family) }
        defer { for family in old { index(family) } }
        var seen: Set<Int> = []
        let newNames = Set(new.map(\.block.descriptor.name))
        for family in new {
            try checkName(family, among: newNames)
            var isRepeated = false
            family.block.identities { isRepeated = isRepeated || identities.contains($0) || !seen.insert($0).inserted }
            if isRepeated {
                let name = family.block.descriptor.name
                throw .inconsistent("a metric of \"\(name)\" was collected before with the same name and label values")
            }
        }
    }

    private func checkName(_ family: PushGroup.Family, among newNames: Set<String>) throws(PushRefusal) {
        let descriptor = family.block.descriptor
        if let known = names[descriptor.name], known.kind != descriptor.kind {
            throw .inconsistent(
                "metric family \"\(descriptor.name)\" is a \(descriptor.kind.rawValue), another group's is a \(known.kind.rawValue)"
            )
        }
        for child in family.block.childNames
        where names[child] != nil || newNames.contains(child) {
            throw .inconsistent("samples of \"\(descriptor.name)\" collide with metric family \"\(child)\"")
        }
        for suffix in ["_bucket", "_sum", "_count"] where descriptor.name.hasSuffix(suffix) {
            let base = String(descriptor.name.dropLast(suffix.count))
            guard let kind = names[base]?.kind else { continue }
            let children = FamilyBlock(FamilyDescriptor(name: base, kind: kind, help: "")).childNames
            if children.contains(descriptor.name) {
                throw .inconsistent("metric family \"\(descriptor.name)\" collides with samples of \"\(base)\"")
            }
        }
    }

    // MARK: The index

    /// Puts a group, or none, in the place of the one that is there.
    mutating func set(_ group: PushGroup?, for key: GroupingKey) {
        let before = groups[key]
        let (old, new) = Self.differences(before, group)
        for family in old {
            unindex(family)
            sampleCount -= family.block.sampleCount
            byteCount -= family.block.byteCount
        }
        for family in new {
            index(family)
            sampleCount += family.block.sampleCount
            byteCount += family.block.byteCount
        }
        groups[key] = group
    }

    /// Takes changes back, the last one first.
    mutating func undo(_ changes: [Change]) {
        for change in changes.reversed() { set(change.before, for: change.key) }
    }

    /// The next number for a family that is loaded.
    mutating func nextNumber() -> Int {
        lastNumber += 1
        return lastNumber
    }

    /// The families that are in only one of two groups.
    static func differences(
        _ before: PushGroup?,
        _ after: PushGroup?
    ) -> (old: [PushGroup.Family], new: [PushGroup.Family]) {
        let left = before?.families ?? [:]
        let right = after?.families ?? [:]
        let old = left.filter { right[$0.key]?.number != $0.value.number }.map(\.value)
        let new = right.filter { left[$0.key]?.number != $0.value.number }.map(\.value)
        return (old, new)
    }

    private mutating func index(_ family: PushGroup.Family) {
        let descriptor = family.block.descriptor
        names[descriptor.name, default: Name(kind: descriptor.kind, groups: 0)].groups += 1
        family.block.identities { identities.insert($0) }
    }

    private mutating func unindex(_ family: PushGroup.Family) {
        let name = family.block.descriptor.name
        names[name]?.groups -= 1
        if names[name]?.groups == 0 { names[name] = nil }
        family.block.identities { identities.remove($0) }
    }
}
