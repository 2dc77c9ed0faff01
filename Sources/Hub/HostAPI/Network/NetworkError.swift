import Glibc
import NIOCore
import NIOPosix

/// Why something could not be reached, or stopped in the middle.
enum NetworkError: Error, Equatable {
    /// A capability is missing: misuse, which is raised.
    case denied(String)
    /// Everything else, with the host, the addresses and the reason in the text.
    case failed(String)

    var text: String {
        switch self {
        case .denied(let text), .failed(let text): text
        }
    }

    /// What the waiting function answers.
    var result: OperationResult {
        switch self {
        case .denied(let text): .raise(text)
        case .failed(let text): .failure(text)
        }
    }

    static func notGranted(_ endpoint: Endpoint) -> Self {
        .denied("\(endpoint) is not granted, see needs.network and the targets")
    }

    /// The reason of a failed system call or channel operation in a few words.
    static func reason(_ error: any Error) -> String {
        switch error {
        case let error as IOError: return String(cString: strerror(error.errnoCode)).lowercased()
        case ChannelError.connectTimeout(let time): return "timed out after \(time.inSeconds) s"
        case let error as ChannelError where error == .ioOnClosedChannel || error == .alreadyClosed: return "closed"
        case let error as NIOConnectionError: return reason(error)
        default: return "\(error)"
        }
    }

    private static func reason(_ error: NIOConnectionError) -> String {
        guard error.connectionErrors.isEmpty else {
            return error.connectionErrors.map { failure in
                "\(AddressFormatter.endpoint(failure.target)): \(reason(failure.error))"
            }.joined(separator: ", ")
        }
        return (error.dnsAAAAError ?? error.dnsAError).map { "\($0)" } ?? "no address"
    }
}
