import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Words for what the client reports.
enum HTTPFailure {
    /// `place` is what was connected to, for errors that do not say so.
    static func reason(_ error: any Error, timeout: Double?, place: String) -> String {
        switch error {
        case let refusal as ResponseReader.Refusal: refusal.reason
        case let error as HTTPClientError where error == .deadlineExceeded:
            "no answer from \(place) within \(timeout.map { "\($0) s" } ?? "the deadline")"
        case let error as HTTPClientError where error == .connectTimeout:
            "no connection to \(place) within \(PluginInstance.connectTimeout) s"
        case let error as HTTPClientError where error == .tlsHandshakeTimeout:
            "TLS failed: no answer from \(place)"
        case let error as HTTPClientError where error == .remoteConnectionClosed: closedEarly(place)
        case let error as HTTPParserError where error == .invalidEOFState: closedEarly(place)
        case let error as HTTPClientError: error.shortDescription.lowercased()
        case is HTTPParserError: "\(place) does not answer with valid HTTP (\(error))"
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: "TLS with \(place) failed: \(tlsReason(error))"
        case is NIOConnectionError: NetworkError.reason(error)
        default: "\(place): \(NetworkError.reason(error))"
        }
    }

    private static func closedEarly(_ place: String) -> String {
        "the server at \(place) closed the connection before its answer was complete"
    }

    /// Whether there was no connection at all, so that another address may be tried with any method.
    static func isUnreachable(_ error: any Error) -> Bool {
        switch error {
        case is NIOConnectionError: true
        case let error as IOError: [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, ETIMEDOUT].contains(error.errnoCode)
        case let error as HTTPClientError: error == .connectTimeout
        default: false
        }
    }

    /// Whether a kept connection had been closed by the server when it was used again.
    static func isStaleConnection(_ error: any Error) -> Bool {
        switch error {
        case let error as HTTPClientError: error == .remoteConnectionClosed
        case let error as IOError: [ECONNRESET, EPIPE].contains(error.errnoCode)
        case let error as ChannelError: error == .ioOnClosedChannel
        default: false
        }
    }

    /// What BoringSSL calls the reason, as in `certificate verify failed`, out of a text with numbers and source paths.
    private static func tlsReason(_ error: any Error) -> String {
        let text = "\(error)"
        guard let mark = text.firstRange(of: "OPENSSL_internal:") else { return text }
        let reason = text[mark.upperBound...].prefix { $0.isLetter || $0 == "_" }
        return reason.split(separator: "_").joined(separator: " ").lowercased()
    }
}
