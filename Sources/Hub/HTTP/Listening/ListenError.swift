import Glibc

/// Why the program cannot listen where it was told to.
enum ListenError: Error, Equatable, CustomStringConvertible {
    /// The entry is not of any known form.
    case invalid(entry: String, reason: String)
    /// The resolver knows no usable address for the name.
    case unresolvable(entry: String, host: String, reason: String)
    /// An address of the entry cannot be bound.
    case unavailable(entry: String, address: String, reason: String)
    /// systemd passed no sockets to this process.
    case notActivated(entry: String)

    var description: String {
        switch self {
        case .invalid(let entry, let reason):
            "listen \"\(entry)\": \(reason)"
        case .unresolvable(let entry, let host, let reason):
            "listen \"\(entry)\": \(host): \(reason)"
        case .unavailable(let entry, let address, let reason):
            "listen \"\(entry)\": \(address): \(reason)"
        case .notActivated(let entry):
            "listen \"\(entry)\": no socket activation file descriptors found"
        }
    }
}

/// A failed system call's `errno`.
struct SocketError: Error, Equatable, CustomStringConvertible {
    let code: CInt

    /// The error of the call that has just failed on this thread.
    static var last: SocketError { SocketError(code: errno) }

    static let addressInUse = SocketError(code: EADDRINUSE)

    /// The C library's text with a small initial, as in `address already in use`.
    var description: String {
        let text = String(cString: strerror(code))
        return text.prefix(1).lowercased() + text.dropFirst()
    }

    /// True when the machine does not have the address family, or has it without this address.
    var meansFamilyIsMissing: Bool { code == EAFNOSUPPORT || code == EADDRNOTAVAIL }
}
