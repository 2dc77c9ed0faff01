import Foundation
import Glibc

/// A running `exporter-hub relay`.
struct RelayProgram {
    let program: Program
    /// On 127.0.0.1.
    let endpoint: Endpoint
    /// The same port on ::1.
    let endpoint6: Endpoint

    /// Starts it, with the text of relay.yml where there is one, and waits until it is ready.
    static func running<Value>(
        _ config: String = "",
        in workspace: Workspace,
        _ body: (RelayProgram) async throws -> Value
    ) async throws -> Value {
        let port = try freePort()
        let path = try workspace.write(config, to: "relay.yml")
        let program = try Program(Hub.binary, ["relay", "--listen", "localhost:\(port)", "--config", path])
        let relay = RelayProgram(program: program, endpoint: .ipv4(port), endpoint6: .ipv6(port))
        do {
            try await wait(until: "the relay listens") {
                if let end = program.end {
                    throw HarnessError(description: "the relay ended with status \(end.status)")
                }
                return program.errors.lines.filter { $0.contains("listening on") }.count == 2
            }
            let value = try await body(relay)
            await program.stop()
            return value
        } catch {
            await program.stop()
            let log = program.errors.lines.suffix(20).joined(separator: "\n")
            throw HarnessError(description: "\(error)\nthe relay's log ended with:\n\(log)")
        }
    }

    /// Scrapes an absolute URL through the relay, as Prometheus does with `proxy_url`.
    func scrape(
        _ url: String,
        seconds: Int? = 10,
        headers: [String: String] = [:],
        method: String = "GET",
        from endpoint: Endpoint? = nil
    ) async throws -> HTTPResponse {
        var headers = headers
        if let seconds { headers["X-Prometheus-Scrape-Timeout-Seconds"] = "\(seconds)" }
        let request = HTTPRequest(method: method, path: url, headers: headers, timeout: .seconds(60))
        return try await request.send(to: endpoint ?? self.endpoint)
    }

    func metrics(headers: [String: String] = [:]) async throws -> Samples {
        try Samples(parsing: try await HTTPRequest(path: "/metrics", headers: headers).send(to: endpoint).text)
    }

    /// Waits until that many polls wait.
    func waitForPolls(_ count: Int, headers: [String: String] = [:]) async throws {
        try await wait(until: "\(count) polls wait") {
            try await metrics(headers: headers).value("hub_relay_waiting_polls") == Double(count)
        }
    }

    /// Resident memory in bytes.
    var memory: Int {
        get throws {
            let fields = try String(contentsOfFile: "/proc/\(program.pid)/statm", encoding: .utf8).split(separator: " ")
            return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * 4_096
        }
    }
}

/// A connection on which a test says what it wants, and stays silent when it wants.
final class RawConnection: Sendable {
    private let descriptor: Int32

    init(to endpoint: Endpoint) throws {
        let address = try endpoint.socketAddress
        descriptor = socket(Int32(address.ss_family), Int32(SOCK_STREAM.rawValue), 0)
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let connected = withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, endpoint.addressLength) }
        }
        guard connected == 0 else { throw HarnessError(description: "cannot connect to \(endpoint)") }
    }

    deinit { close(descriptor) }

    /// False when the other end takes no more.
    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Sends as much as the other end takes at the moment, at most that many bytes.
    func sendWithoutWaiting(_ bytes: [UInt8]) -> Int {
        max(0, Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)))
    }

    /// What has come up to `end`, or to the connection's end.
    func read(until end: String = "") -> String {
        var text = ""
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while end.isEmpty || !text.contains(end) {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            text += String(decoding: buffer[..<count], as: UTF8.self)
        }
        return text
    }

    /// Sends a poll.
    func poll(_ name: String, headers: String = "") {
        send("POST /poll HTTP/1.1\r\nHost: relay\r\nContent-Length: \(name.utf8.count)\r\n\(headers)\r\n\(name)")
    }

    /// Waits for the answer to a poll and takes the scrape's identifier from it.
    func readScrapeID() throws -> String {
        let text = read(until: "X-Prometheus-Scrape-Timeout-Seconds")
        guard let match = text.firstMatch(of: /\r\nId: ([-0-9a-f]+)\r\n/) else {
            throw HarnessError(description: "no scrape in the answer to the poll: \(text)")
        }
        return String(match.1)
    }

    /// Sends a push with a body of that many bytes, or of as many as come.
    func push(_ response: String, length: Int? = nil) {
        send(
            "POST /push HTTP/1.1\r\nHost: relay\r\nContent-Length: \(length ?? response.utf8.count)\r\n\r\n\(response)"
        )
    }
}
