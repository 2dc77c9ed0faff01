import Foundation
import NIOCore

@testable import Hub

/// A client with plain blocking sockets, so that the server is not tested with the code it is made of.
///
/// Every wait is bounded by the socket's receive timeout; calls run on threads of their own.
final class TestClient: Sendable {
    struct Failure: Error {
        let reason: String
    }

    struct Answer: Sendable {
        var status = 0
        /// Names in small letters.
        var fields: [String: String] = [:]
        var body: [UInt8] = []

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    private static let patience = timeval(tv_sec: 120, tv_usec: 0)

    private let descriptor: CInt

    private init(descriptor: CInt) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    static func connect(to address: SocketAddress) async throws -> TestClient {
        try await onThread {
            let descriptor = socket(address.protocol.rawValue, CInt(SOCK_STREAM.rawValue), 0)
            let client = TestClient(descriptor: descriptor)
            var patience = Self.patience
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
            let status = address.withSockAddr { Glibc.connect(descriptor, $0, socklen_t($1)) }
            guard status == 0 else { throw Failure(reason: SocketError.last.description) }
            return client
        }
    }

    /// One request on a connection of its own.
    static func get(_ path: String, at address: SocketAddress, fields: [String] = []) async throws -> Answer {
        try await connect(to: address).exchange("GET", path, fields: fields)
    }

    func exchange(_ method: String, _ path: String, fields: [String] = []) async throws -> Answer {
        try await send(Self.request(method, path, fields: fields))
        return try await receive(isHead: method == "HEAD")
    }

    static func request(_ method: String, _ path: String, fields: [String] = []) -> String {
        (["\(method) \(path) HTTP/1.1", "Host: test"] + fields + ["", ""]).joined(separator: "\r\n")
    }

    func send(_ text: String) async throws {
        try await onThread { [descriptor] in
            let bytes = Array(text.utf8)
            guard Glibc.send(descriptor, bytes, bytes.count, CInt(MSG_NOSIGNAL)) == bytes.count else {
                throw Failure(reason: SocketError.last.description)
            }
        }
    }

    /// Says that no more will be sent.
    func finishSending() { shutdown(descriptor, CInt(SHUT_WR)) }

    /// The next answer, its body measured by Content-Length.
    func receive(isHead: Bool = false) async throws -> Answer {
        try await onThread { [self] in
            var bytes: [UInt8] = []
            while bytes.suffix(4) != Array("\r\n\r\n".utf8) {
                guard let byte = try read(1).first else { throw Failure(reason: "end after \(bytes.count) bytes") }
                bytes.append(byte)
            }
            var answer = Self.parse(String(decoding: bytes, as: UTF8.self))
            let length = isHead ? 0 : answer.fields["content-length"].flatMap { Int($0) } ?? 0
            while answer.body.count < length {
                let more = try read(length - answer.body.count)
                guard !more.isEmpty else { throw Failure(reason: "body ends after \(answer.body.count) bytes") }
                answer.body += more
            }
            return answer
        }
    }

    /// Whatever comes until the server closes the connection.
    func receiveToEnd() async throws -> String {
        try await onThread { [self] in
            var bytes: [UInt8] = []
            while true {
                let more = try read(4_096)
                if more.isEmpty { return String(decoding: bytes, as: UTF8.self) }
                bytes += more
            }
        }
    }

    /// Returns when the server has closed the connection, without taking what it sent.
    ///
    /// For socket files only: a TCP socket does not tell.
    func hangUp() async throws {
        try await onThread { [descriptor] in
            var watched = pollfd(fd: descriptor, events: 0, revents: 0)
            guard poll(&watched, 1, CInt(Self.patience.tv_sec * 1_000)) == 1 else {
                throw Failure(reason: "still open")
            }
        }
    }

    private func read(_ count: Int) throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: count)
        let received = recv(descriptor, &buffer, count, 0)
        if received < 0, errno == ECONNRESET { return [] }
        guard received >= 0 else { throw Failure(reason: SocketError.last.description) }
        return Array(buffer.prefix(received))
    }

    private static func parse(_ head: String) -> Answer {
        var lines = head.components(separatedBy: "\r\n").filter { !$0.isEmpty }
        var answer = Answer()
        answer.status = Int(lines.removeFirst().split(separator: " ")[1]) ?? 0
        for line in lines {
            let parts = line.split(separator: ":", maxSplits: 1)
            answer.fields[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        return answer
    }
}

/// Runs what blocks without taking a thread from Swift's pool, which the server under test needs.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result(catching: body)) }
    }
}
