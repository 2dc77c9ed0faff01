import Exposition
import LuaSandbox

/// Takes one exposition piece by piece, and puts its families into a run when all of it was good.
///
/// Lives on the plugin's thread. Until `finish` nothing of the text is in the run; one that is given up is let go of.
final class ExpositionIntake {
    /// Bytes between two looks at the run's limits: less than a millisecond of work, or some where names are filtered.
    private static let sliceSize = (plain: 64 << 10, filtered: 1 << 10)

    /// What came of a text.
    struct Counts: Sendable {
        let samples: Int
        let families: Int
        /// Samples that were there before, which are left out.
        let duplicates: Int
        /// Of the text.
        let bytes: Int
    }

    enum Failure: Error {
        /// The text is wrong, or does not fit and is refused for it.
        case refused(String)
        /// A limit of the run is broken, and the run ends.
        case broken(RunFailure)
        /// The script has to be stopped; the sandbox knows why.
        case stopped
    }

    private let run: CollectRun
    private let limits: PluginLimits
    private let options: ExpositionOptions
    private var parser: ExpositionParser
    /// Of what is parsed and not in the run yet.
    private let hold: MemoryHold
    private var bytes = 0

    init(
        _ options: ExpositionOptions,
        format: ParseFormat,
        run: CollectRun,
        instance: PluginInstance
    ) throws(MisuseError) {
        self.run = run
        self.options = options
        limits = instance.limits
        hold = MemoryHold(.samples, of: instance)
        parser = ExpositionParser(format: format, options: try options.parseOptions(for: run, instance))
    }

    // MARK: Below a call from Lua, whose time the sandbox measures

    /// Reads a piece within a call from Lua.
    func feed(_ piece: UnsafeRawBufferPointer, in call: HostCall) throws(Failure) {
        try slices(of: piece) { slice throws(Failure) in
            try parse(slice)
            if call.mustStop { throw .stopped }
        }
    }

    // MARK: Outside of Lua

    /// Reads a piece that came by the event loop; the time counts as the plugin's.
    func feed(_ piece: UnsafeRawBufferPointer) throws(Failure) {
        try slices(of: piece) { slice throws(Failure) in
            try spend { () throws(Failure) in try parse(slice) }
        }
    }

    /// Puts the families into the run, outside of Lua.
    func finishOutside() throws(Failure) -> Counts {
        try spend { () throws(Failure) in try finish() }
    }

    private func spend<Value>(_ body: () throws(Failure) -> Value) throws(Failure) -> Value {
        let mark = run.budget.mark()
        defer { run.budget.charge(since: mark) }
        let value = try body()
        run.budget.charge(since: mark)
        guard !run.budget.isExhausted else {
            throw broken(RunFailure(reason: .cpu, message: "CPU limit exceeded"))
        }
        return value
    }

    // MARK: Parsing

    private func slices(
        of piece: UnsafeRawBufferPointer,
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        var start = 0
        while start < piece.count {
            let size = options.names.isEmpty ? Self.sliceSize.plain : Self.sliceSize.filtered
            let end = min(start + size, piece.count)
            try body(UnsafeRawBufferPointer(rebasing: piece[start..<end]))
            start = end
        }
        bytes += piece.count
    }

    private func parse(_ slice: UnsafeRawBufferPointer) throws(Failure) {
        if let broken = run.brokenLimit { throw .broken(broken) }
        do throws(ParseError) { try parser.feed(slice) } catch { throw failure(error) }
        hold.set(parser.byteCount + parser.sampleCount * CollectRun.overhead.sample, for: run)
    }

    /// Reads the end of the text and puts its families into the run.
    func finish() throws(Failure) -> Counts {
        let families: [FamilyBlock]
        do throws(ParseError) { families = try parser.finish() } catch { throw failure(error) }
        let samples = families.reduce(0) { $0 + $1.sampleCount }
        let size = families.reduce(0) { $0 + $1.byteCount }
        // Another coroutine may have filled the run meanwhile.
        if options.refusesExcess {
            if run.samples + samples > limits.samples { throw .refused(RunFailure.samples(limits).message) }
            if run.bytes + size > limits.bytes { throw .refused(RunFailure.bytes(limits).message) }
        }
        hold.set(0)
        do throws(RunFailure) { try run.charge(samples: samples, bytes: size, limits: limits) } catch {
            throw .broken(error)
        }
        if !families.isEmpty { run.parsed.append(ParsedFamilies(source: options.source, families: families)) }
        return Counts(
            samples: samples,
            families: families.count,
            duplicates: parser.duplicateCount + parser.sampleCount - samples,
            bytes: bytes
        )
    }

    private func failure(_ error: ParseError) -> Failure {
        // What the parser had left is not what hub.yml says.
        let broken = error.limit.map { $0 == .samples ? RunFailure.samples(limits) : .bytes(limits) }
        guard let broken else { return .refused("\(error)") }
        return options.refusesExcess ? .refused(broken.message) : self.broken(broken)
    }

    private func broken(_ failure: RunFailure) -> Failure {
        run.breakLimit(failure)
        return .broken(failure)
    }
}

extension ExpositionIntake.Counts {
    var plan: Plan {
        var plan = Plan()
        plan.beginTable(fields: 4)
        plan.field("samples") { $0.push(samples) }
        plan.field("duplicates") { $0.push(duplicates) }
        plan.field("families") { $0.push(families) }
        plan.field("bytes") { $0.push(bytes) }
        return plan
    }
}
