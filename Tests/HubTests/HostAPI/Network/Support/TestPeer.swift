import Foundation
import Glibc

/// The server's end of a connection; its calls block the thread that serves it.
struct TestPeer: Sendable {
    let descriptor: CInt

    /// Up to `count` bytes; empty at the end.
    func read(_ count: Int = 65_536) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: count)
        let length = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, count, 0) }
        return Array(buffer.prefix(max(0, length)))
    }

    /// False when the peer takes no more.
    @discardableResult
    func write(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    @discardableResult
    func write(_ text: String) -> Bool { write(Array(text.utf8)) }

    /// Returns when the peer has closed the connection.
    func waitForEnd() { while !read().isEmpty {} }

    /// Closes it so that the peer gets a reset instead of an end.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    /// A line without its end; nil when there is none.
    func readLine() -> String? {
        var line: [UInt8] = []
        while true {
            let byte = read(1)
            guard let byte = byte.first else { return nil }
            if byte == 0x0A { return String(decoding: line, as: UTF8.self).trimmingCharacters(in: ["\r"]) }
            line.append(byte)
        }
    }

    /// The next request; nil at the end.
    func readRequest() -> TestRequest? {
        guard let line = readLine() else { return nil }
        var request = TestRequest(line: line)
        while let field = readLine(), !field.isEmpty {
            let parts = field.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            request.fields[parts[0].lowercased()] = parts.count > 1 ? parts[1] : ""
        }
        let length = request.fields["content-length"].flatMap { Int($0) } ?? 0
        while request.body.count < length {
            let bytes = read(length - request.body.count)
            guard !bytes.isEmpty else { return nil }
            request.body += bytes
        }
        return request
    }

    /// Answers with a body of known length.
    @discardableResult
    func answer(_ status: String = "200 OK", _ fields: [String] = [], body: String = "") -> Bool {
        answer(status, fields, bytes: Array(body.utf8))
    }

    @discardableResult
    func answer(_ status: String = "200 OK", _ fields: [String] = [], bytes: [UInt8]) -> Bool {
        let head = (["HTTP/1.1 \(status)", "Content-Length: \(bytes.count)"] + fields).joined(separator: "\r\n")
        return write(Array("\(head)\r\n\r\n".utf8) + bytes)
    }
}

/// An HTTP request as a test server reads it.
struct TestRequest: Sendable {
    let line: String
    /// By name in lower case.
    var fields: [String: String] = [:]
    var body: [UInt8] = []

    var path: String { line.split(separator: " ").dropFirst().first.map(String.init) ?? "" }
}
