import Exposition
import LuaSandbox

/// `exposition`: what other programs say of themselves in Prometheus's formats.
enum ExpositionAPI {
    static let functions: [(name: String, function: HostFunction)] = [
        ("conflicts", conflicts), ("emit", emit), ("parse", parse), ("scrape", ScrapeAPI.scrape),
    ]

    /// `emit(text, options)` puts all families of a text into the run, or none.
    private static let emit: HostFunction = { state in
        HostCall.run(state) { call, instance throws(MisuseError) in
            let run = try currentRun(instance, "emit")
            let text = try text(call, of: "emit")
            var reader = try OptionReader(call, 2, function: "exposition.emit")
            let options = try ExpositionOptions(&reader)
            try reader.finish()
            let format = options.format ?? ParseFormat(endOf: text)
            let intake = try ExpositionIntake(options, format: format, run: run, instance: instance)
            do throws(ExpositionIntake.Failure) {
                try intake.feed(text, in: call)
                let counts = try intake.finish()
                return call.answer(counts.plan)
            } catch .refused(let message) {
                return call.answer(failure: options.source.isEmpty ? message : "\(options.source): \(message)")
            } catch .broken(let failure) {
                return call.fail("exposition.emit: \(failure.message)")
            } catch {
                return call.stop()
            }
        }
    }

    /// `conflicts()` lists what the texts of this run have against each other.
    private static let conflicts: HostFunction = { state in
        HostCall.run(state) { call, instance throws(MisuseError) in
            let run = try currentRun(instance, "conflicts")
            var plan = Plan()
            plan.beginTable()
            for (index, conflict) in run.conflicts(plugin: instance.source.name).enumerated() {
                plan.beginTable(fields: 5)
                plan.field("family") { $0.push(conflict.family) }
                plan.field("reason") { $0.push(conflict.reason.rawValue) }
                plan.field("source") { $0.push(conflict.source) }
                plan.field("kept_source") { $0.push(conflict.keptSource) }
                plan.field("samples") { $0.push(conflict.droppedSamples) }
                plan.item(index + 1)
            }
            return call.answer(plan)
        }
    }

    /// `parse(text, options)` answers tables.
    private static let parse: HostFunction = { state in
        HostCall.run(state) { call, _ throws(MisuseError) in
            let text = try text(call, of: "parse")
            var reader = try OptionReader(call, 2, function: "exposition.parse")
            let format = try ExpositionOptions.format(&reader) ?? ParseFormat(endOf: text)
            try reader.finish()
            var parser = ExpositionParser(format: format, options: ExpositionTables.options)
            do throws(ParseError) {
                for start in stride(from: 0, to: text.count, by: sliceSize) {
                    let end = min(start + sliceSize, text.count)
                    try parser.feed(UnsafeRawBufferPointer(rebasing: text[start..<end]))
                    if call.mustStop { return call.stop() }
                }
                let families = try parser.finish()
                if call.mustStop { return call.stop() }
                return call.answer(ExpositionTables.plan(families))
            } catch {
                return call.answer(failure: "\(error)")
            }
        }
    }

    /// Bytes between two looks at the limits.
    private static let sliceSize = 64 << 10

    private static func text(_ call: HostCall, of name: String) throws(MisuseError) -> UnsafeRawBufferPointer {
        guard call.type(1) == .string, let text = call.bytes(1) else {
            throw MisuseError(
                text: "bad argument #1 to 'exposition.\(name)' (string expected, got \(call.typeName(1)))"
            )
        }
        return text
    }

    static func currentRun(_ instance: PluginInstance, _ name: String) throws(MisuseError) -> CollectRun {
        guard let run = instance.currentRun else {
            throw MisuseError(text: "exposition.\(name): samples can be emitted in collect only")
        }
        return run
    }
}
