/// Why the queue on disk cannot be used.
package enum QueueError: Error, Equatable, CustomStringConvertible {
    /// The file is no database, or a damaged one.
    case damaged(String)
    /// Another process has it.
    case busy(String)
    /// There is no room.
    case full(String)
    /// Anything else that the disk or the file system says.
    case failed(String)

    package var description: String {
        switch self {
        case .damaged(let text), .busy(let text), .full(let text), .failed(let text): text
        }
    }

    /// As a metric counts it.
    package var kind: String {
        switch self {
        case .damaged: "damaged"
        case .busy: "busy"
        case .full: "full"
        case .failed: "failed"
        }
    }

    /// The kinds there are.
    package static let kinds = ["busy", "damaged", "failed", "full"]
}
