/// Why bytes could not be decoded; invalid bytes are no error.
package enum CharsetError: Error {
    /// The C library of this system has no converter, with `errno`.
    case notInstalled(name: String, code: Int32)
    case tooLarge(limit: Int)
    /// The caller did not want to wait any longer.
    case stopped

    package var isMissing: Bool { if case .notInstalled = self { true } else { false } }

    package var text: String {
        switch self {
        case .notInstalled(let name, let code): "this system cannot convert \(name): errno \(code)"
        case .stopped: "stopped"
        case .tooLarge(let limit): "text must not be longer than \(limit) bytes once decoded"
        }
    }
}
