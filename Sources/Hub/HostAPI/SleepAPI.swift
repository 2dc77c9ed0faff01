import LuaSandbox
import NIOCore

/// `sleep(seconds)`.
enum SleepAPI {
    static let sleep: HostFunction = { state in
        guard let call = HostCall(state), let instance = call.owner(as: PluginInstance.self) else { return 0 }
        guard let seconds = call.number(1), seconds >= 0, seconds < 1e9 else {
            return call.fail("sleep: seconds must be a number of 0 or more")
        }
        return instance.suspend(call, "sleep") { handle in
            if let tape = instance.tape, tape.isReplay {
                tape.sleep(seconds)
                return handle.finish(.values(Plan()))
            }
            let timer = instance.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(seconds: seconds)) {
                handle.finish(.values(Plan()))
            }
            handle.onCancel = { timer.cancel() }
        }
    }
}

extension TimeAmount {
    /// From fractional seconds; what does not fit is the longest time there is.
    init(seconds: Double) { self = .nanoseconds(Int64(exactly: (seconds * 1_000_000_000).rounded()) ?? .max) }

    var inSeconds: Double { Double(nanoseconds) / 1_000_000_000 }

    /// To the millisecond, for messages.
    var roundSeconds: Double { (inSeconds * 1000).rounded() / 1000 }
}
