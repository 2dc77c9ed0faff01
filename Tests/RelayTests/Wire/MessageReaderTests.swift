import NIOCore
import NIOHTTP1
import Testing

@testable import Relay

struct MessageReaderTests {
    /// Reads a whole message, given in pieces of `size` bytes.
    private func read(_ text: String, size: Int = .max) throws -> (head: MessageHead?, body: String, hasEnded: Bool) {
        var reader = MessageReader()
        var found: (head: MessageHead?, body: String, hasEnded: Bool) = (nil, "", false)
        var rest = Array(text.utf8)[...]
        func take(_ event: MessageReader.Event) {
            switch event {
            case .head(let head): found.head = head
            case .body(let bytes): found.body += String(buffer: bytes)
            case .end: found.hasEnded = true
            }
        }
        while !rest.isEmpty {
            reader.receive(ByteBuffer(bytes: rest.prefix(size)))
            rest = rest.dropFirst(size)
            while let event = try reader.next() { take(event) }
        }
        if let event = try reader.finish() { take(event) }
        return found
    }

    @Test(arguments: [1, 2, 3, 7, 1_000])
    func aBodyOfKnownLengthIsReadInPiecesOfAnySize(size: Int) throws {
        let found = try read("HTTP/1.1 200 OK\r\nId: 1\r\nContent-Length: 5\r\n\r\nup 1\n", size: size)
        #expect(found.head?.start == .response(version: "HTTP/1.1", status: 200, reason: "OK"))
        #expect(found.body == "up 1\n")
        #expect(found.hasEnded)
    }

    @Test(arguments: [1, 2, 3, 7, 1_000])
    func chunksAreJoinedAndTrailersDropped(size: Int) throws {
        let text =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nup \r\nA\r\n1\n0123456\n\r\n0\r\nT: 1\r\n\r\n"
        let found = try read(text, size: size)
        #expect(found.body == "up 1\n0123456\n")
        #expect(found.hasEnded)
    }

    @Test(arguments: [1, 5, 1_000])
    func anErrorOfPushProxsClientIsReadToItsEnd(size: Int) throws {
        let text =
            "HTTP/0.0 500 Internal Server Error\r\nId: 1\r\nX-Prometheus-Scrape-Timeout: 1.5\r\n\r\nconnection refused"
        let found = try read(text, size: size)
        #expect(found.head?.start == .response(version: "HTTP/0.0", status: 500, reason: "Internal Server Error"))
        #expect(found.body == "connection refused")
        #expect(found.hasEnded)
    }

    @Test func linesMayEndInLineFeedsAlone() throws {
        let found = try read("HTTP/1.1 200 OK\nId: 7\nContent-Length: 1\n\nx")
        #expect(found.head?.headers.first(name: "id") == "7")
        #expect(found.body == "x")
    }

    @Test(arguments: ["HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"])
    func someStatusesHaveNoBody(text: String) throws {
        let found = try read(text)
        #expect(found.hasEnded)
        #expect(found.body.isEmpty)
    }

    @Test func aRequestWithoutALengthHasNoBody() throws {
        let found = try read("GET http://a:1/m HTTP/1.1\r\nHost: a:1\r\n\r\n")
        #expect(found.head?.start == .request(method: "GET", target: "http://a:1/m"))
        #expect(found.hasEnded)
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nup",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nup",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nup\r\n",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "",
    ])
    func aMessageThatBreaksOffIsAnError(text: String) {
        #expect(throws: WireError.truncated) { try read(text) }
    }

    @Test(arguments: [
        "<html><head><title>504 Gateway Time-out</title></head></html>\r\n\r\n",
        "HTTP/1.1 abc OK\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffffffffffff1\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
        "HTTP/1.1 200 OK\r\nA: \u{1}\r\n\r\n",
        "GET /m HTTP/2.0\r\n\r\n",
    ])
    func whatIsNoMessageIsAnError(text: String) {
        #expect(throws: WireError.self) { try read(text) }
    }

    @Test func aHeadWithoutAnEndIsRefusedAtItsLimit() {
        var reader = MessageReader(headLimit: 1_000)
        reader.receive(ByteBuffer(string: "HTTP/1.1 200 OK\r\n" + String(repeating: "A: b\r\n", count: 1_000)))
        #expect(throws: WireError.headTooLarge(limit: 1_000)) { try reader.next() }
    }

    @Test func aChunkLineWithoutAnEndIsRefusedAtItsLimit() throws {
        var reader = MessageReader()
        reader.receive(ByteBuffer(string: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;"))
        _ = try reader.next()
        reader.receive(ByteBuffer(string: String(repeating: "x", count: 2_000)))
        #expect(throws: WireError.self) { try reader.next() }
    }

    @Test func whatFollowsAMessageIsDropped() throws {
        let found = try read("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxHTTP/1.1 200 OK\r\n\r\n")
        #expect(found.body == "x")
    }
}
