/// What can go wrong in a Lua state.
package enum SandboxError: Error, CustomStringConvertible {
    /// The state could not be created.
    case noMemory
    /// `timer_create` or `sigaction` failed, with `errno`.
    case noTimer(Int32)
    /// The source is longer than the limit, in bytes.
    case sourceTooLarge(chunk: String, size: Int, limit: Int)
    /// The source does not compile; the message names file and line.
    case syntax(String)
    /// The script raised an error; the message names file and line.
    case runtime(String)
    /// The run was ended by the sandbox.
    case tripped(Trip, String)

    package var description: String {
        switch self {
        case .noMemory: "not enough memory for a Lua state"
        case .noTimer(let code): "no CPU timer: errno \(code)"
        case .sourceTooLarge(let chunk, let size, let limit):
            "\(chunk): source must not be longer than \(limit) bytes, got \(size)"
        case .syntax(let message), .runtime(let message), .tripped(_, let message): message
        }
    }
}
