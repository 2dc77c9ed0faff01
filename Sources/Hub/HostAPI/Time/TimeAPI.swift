import Glibc
import LuaSandbox

/// `time`: clocks, and times as text in the C locale.
enum TimeAPI {
    static let functions: [(name: String, function: HostFunction)] = [
        ("format", format), ("monotonic", monotonic), ("now", now), ("parse", parse),
    ]

    /// Unix time in seconds.
    private static let now: HostFunction = { state in
        answer(state, CLOCK_REALTIME)
    }

    /// Seconds of a clock that never goes back; where it starts is not said.
    private static let monotonic: HostFunction = { state in
        answer(state, CLOCK_MONOTONIC)
    }

    /// In a recorded case both clocks show its time.
    private static func answer(_ state: OpaquePointer?, _ clock: clockid_t) -> Int32 {
        guard let call = HostCall(state) else { return 0 }
        if let tape = call.owner(as: PluginInstance.self)?.tape, tape.isReplay { return call.answer(tape.now) }
        return call.answer(Clock.seconds(clock))
    }

    /// `time.parse(text, format)` answers Unix seconds, or `nil, message`.
    private static let parse: HostFunction = { state in
        guard let call = HostCall(state) else { return 0 }
        guard let text = call.string(1) else { return call.badArgument(1, to: "time.parse", expected: "string") }
        guard let format = call.string(2) else { return call.badArgument(2, to: "time.parse", expected: "string") }
        do throws(TimeError) {
            var plan = Plan()
            plan.push(try TimeText.parse(text, format: format))
            return call.answer(plan)
        } catch {
            return answer(call, error, "parse")
        }
    }

    /// `time.format(seconds, format)` answers the time in UTC; fractions of a second are cut off.
    private static let format: HostFunction = { state in
        guard let call = HostCall(state) else { return 0 }
        guard let seconds = call.number(1) else { return call.badArgument(1, to: "time.format", expected: "number") }
        guard let format = call.string(2) else { return call.badArgument(2, to: "time.format", expected: "string") }
        do throws(TimeError) {
            return call.answer(try TimeText.format(seconds, format: format))
        } catch {
            return answer(call, error, "format")
        }
    }

    private static func answer(_ call: HostCall, _ error: TimeError, _ name: String) -> Int32 {
        error.isMisuse ? call.fail("time.\(name): \(error.text)") : call.answer(failure: error.text)
    }
}
