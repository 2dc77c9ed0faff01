import CLua

/// One coroutine that the host resumes.
package final class Fiber {
    let thread: OpaquePointer
    /// What keeps the coroutine alive; nil when something in Lua does.
    let reference: Reference?
    var isStarted = false

    init(thread: OpaquePointer, reference: Reference?) {
        self.thread = thread
        self.reference = reference
    }

    /// How a resume ended.
    package enum Outcome {
        case finished
        /// A host function waits; the host resumes the fiber with its results.
        case waiting
        case failed(SandboxError)
    }
}
