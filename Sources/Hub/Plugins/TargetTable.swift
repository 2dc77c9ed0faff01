import NIOCore

/// The targets of one plugin: those of hub.yml, and those that only probes have named, which are forgotten in time.
struct TargetTable {
    /// Time without a probe after which a target is forgotten.
    static let lifetime = TimeAmount.minutes(10)

    /// By number; those of hub.yml come first, in its order.
    private var runners: [Int: TargetRunner]
    let configuredCount: Int
    /// Targets that are not configured, at the same time.
    private let limit: Int
    private var numbers: [AdHocTarget: Int] = [:]
    private var lastUse: [Int: NIODeadline] = [:]
    private var nextNumber: Int

    init(_ configured: [TargetRunner], limit: Int) {
        runners = Dictionary(uniqueKeysWithValues: configured.enumerated().map { ($0.offset, $0.element) })
        configuredCount = configured.count
        nextNumber = configured.count
        self.limit = limit
    }

    /// The numbers of the configured targets.
    var configured: Range<Int> { 0..<configuredCount }
    var all: [Int] { Array(runners.keys) }
    /// How many are not configured.
    var adHocCount: Int { runners.count - configuredCount }

    /// Nil for a target that was forgotten.
    subscript(number: Int) -> TargetRunner? {
        get { runners[number] }
        _modify { yield &runners[number] }
    }

    /// The number of a target that is not configured, whether it is new or not.
    ///
    /// Where there are too many, the one that was not asked for the longest gives way; nil when all are being collected.
    mutating func number(of target: AdHocTarget, now: NIODeadline) -> Int? {
        if let number = numbers[target] {
            lastUse[number] = now
            return number
        }
        let runner = TargetRunner(name: target.address, subject: .adHoc(target))
        guard let number = insert(runner, now: now) else { return nil }
        numbers[target] = number
        return number
    }

    /// Adds a target that is forgotten with its only run.
    mutating func insert(_ runner: TargetRunner, now: NIODeadline) -> Int? {
        if adHocCount >= limit {
            let idle = lastUse.filter { runners[$0.key]?.isIdle == true }.min { $0.value < $1.value }
            guard let idle else { return nil }
            forget(idle.key)
        }
        defer { nextNumber += 1 }
        runners[nextNumber] = runner
        lastUse[nextNumber] = now
        return nextNumber
    }

    /// Forgets a target that is not configured.
    mutating func forget(_ number: Int) {
        guard lastUse.removeValue(forKey: number) != nil else { return }
        if case .adHoc(let target) = runners.removeValue(forKey: number)?.subject, numbers[target] == number {
            numbers[target] = nil
        }
    }

    /// Forgets targets that were not asked for in a long time.
    mutating func forgetOld(now: NIODeadline) {
        for (number, last) in lastUse where now - last >= Self.lifetime && runners[number]?.isIdle == true {
            forget(number)
        }
    }

    /// Of the targets that are collected for one debug probe.
    var tracedCount: Int { lastUse.keys.count { runners[$0]?.transcript != nil } }
}
