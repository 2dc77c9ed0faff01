import Foundation
import Glibc

/// Where a server of a test listens; addresses are literals, since names are what some tests are about.
enum Endpoint: Hashable {
    case ipv4(UInt16)
    case ipv6(UInt16)
    case unix(String)

    /// The value of the Host header and of a Prometheus target.
    var host: String {
        switch self {
        case .ipv4(let port): "127.0.0.1:\(port)"
        case .ipv6(let port): "[::1]:\(port)"
        case .unix: "localhost"
        }
    }
}

/// One request on a connection of its own.
struct HTTPRequest {
    var method = "GET"
    var path: String
    var headers: [String: String] = [:]
    var body: [UInt8] = []
    var timeout: Duration = .seconds(30)

    func send(to endpoint: Endpoint) async throws -> HTTPResponse {
        try await onThread { try sendBlocking(to: endpoint) }
    }

    private func sendBlocking(to endpoint: Endpoint) throws -> HTTPResponse {
        let connection = try Connection(to: endpoint, timeout: timeout)
        defer { connection.close() }
        var head = "\(method) \(path) HTTP/1.1\r\nHost: \(endpoint.host)\r\nConnection: close\r\n"
        if method != "GET" { head += "Content-Length: \(body.count)\r\n" }
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        try connection.write(Array((head + "\r\n").utf8) + body)
        return try HTTPResponse(parsing: try connection.readToEnd())
    }
}

/// A blocking stream socket.
private struct Connection {
    let descriptor: Int32

    init(to endpoint: Endpoint, timeout: Duration) throws {
        let address = try endpoint.socketAddress
        descriptor = socket(Int32(address.ss_family), Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw failure("socket") }
        var limit = timeval(tv_sec: Int(timeout.components.seconds), tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let connected = withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, endpoint.addressLength)
            }
        }
        guard connected == 0 else {
            defer { close() }
            throw failure("connect to \(endpoint)")
        }
    }

    func write(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { throw failure("write") }
            rest = rest.dropFirst(count)
        }
    }

    func readToEnd() throws -> [UInt8] {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count >= 0 else { throw failure("read") }
            if count == 0 { return all }
            all += buffer[..<count]
        }
    }

    func close() { Glibc.close(descriptor) }
}

private func failure(_ operation: String) -> HarnessError {
    HarnessError(description: "\(operation): \(String(cString: strerror(errno)))")
}
