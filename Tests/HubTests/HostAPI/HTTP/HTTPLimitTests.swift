import CZlib
import Foundation
import NIOCore
import Testing

@testable import Hub

/// Servers that send too much, too slowly, or without end.
@Suite struct HTTPLimitTests {
    private let needs = "network = { \"127.0.0.1:*\" }"

    private func notes(
        _ server: TestServer,
        _ body: String,
        limits: String = "response_size: 100KB"
    ) async throws -> [String] {
        try await NetworkScript.notes(
            body.replacing("URL", with: "http://127.0.0.1:\(server.port)"),
            needs: needs,
            configuration: "limits: { cpu: 20s, \(limits) }"
        )
        .map { $0.replacing("127.0.0.1:\(server.port)", with: "PLACE") }
    }

    /// A server that answers once, and goes on until its peer has had enough.
    private func endless(_ head: String, _ piece: String) throws -> TestServer {
        try TestServer { peer in
            _ = peer.readRequest()
            peer.write(head)
            while peer.write(piece) {}
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
        "HTTP/1.1 500 No\r\nContent-Length: 1000000000\r\n\r\n",
    ])
    func anEndlessBodyIsCutOff(head: String) async throws {
        let server = try endless(head, String(repeating: "x", count: 10_000))
        #expect(
            try await notes(server, "note(http.get('URL/'))") == [
                "nil | http://PLACE/: response is longer than 100000 bytes"
            ]
        )
        await server.waitUntilAllAreClosed()
    }

    @Test func aScriptMayWantLessThanItMay() async throws {
        let server = try TestServer { peer in
            while peer.readRequest() != nil { peer.answer(body: "0123456789") }
        }
        let answer = try await notes(
            server,
            """
            note(#http.get("URL/", { max_size = 10 }).body) note(http.get("URL/", { max_size = 9 }))
            note(#http.get("URL/", { max_size = 1 << 30 }).body)
            """
        )
        #expect(answer == ["10", "nil | http://PLACE/: response is longer than 9 bytes", "10"])
    }

    @Test func endlessHeadersAreCutOff() async throws {
        let server = try endless("HTTP/1.1 200 OK\r\n", "X-Header: \(String(repeating: "x", count: 1000))\r\n")
        let answer = try await notes(server, "note(http.get('URL/'))")
        #expect(
            answer.first?.hasPrefix("nil | http://PLACE/: PLACE does not answer with valid HTTP") == true,
            "\(answer)"
        )
        await server.waitUntilAllAreClosed()
    }

    @Test func anEndlessRedirectionIsFollowedAllTheSame() async throws {
        let server = try TestServer { peer in
            while let request = peer.readRequest() {
                guard request.path == "/a" else {
                    peer.answer(body: "there")
                    continue
                }
                peer.write("HTTP/1.1 302 Found\r\nLocation: /b\r\nConnection: close\r\n\r\n")
                while peer.write(String(repeating: "x", count: 10_000)) {}
                return
            }
        }
        #expect(try await notes(server, "note(http.get('URL/a').body)") == ["there"])
    }

    /// Ten kilobytes that stand for ten megabytes.
    @Test func aSmallBodyThatGrowsIsCutOff() async throws {
        let bomb = try gzip([UInt8](repeating: 0, count: 10_000_000))
        #expect(bomb.count < 20_000)
        let server = try TestServer { peer in
            while peer.readRequest() != nil { peer.answer("200 OK", ["Content-Encoding: gzip"], bytes: bomb) }
        }
        #expect(
            try await notes(server, "note(http.get('URL/'))") == [
                "nil | http://PLACE/: response is longer than 100000 bytes"
            ]
        )
        let whole = try await notes(
            server,
            "note(#http.get('URL/').body)",
            limits: "response_size: 10MB, memory: 64MiB"
        )
        #expect(whole == ["10000000"])
    }

    /// Stops at the limit, whatever is left in the piece that came.
    @Test func whatGrowsIsHandedOnInPieces() throws {
        let bomb = try gzip([UInt8](repeating: 0, count: 50_000_000))
        let inflater = try #require(Inflater())
        var taken = 0
        let refusal = inflater.inflate(ByteBuffer(bytes: bomb)) { piece in
            taken += piece.readableBytes
            return taken > 1_000_000 ? "enough" : nil
        }
        #expect(refusal == "enough")
        #expect(taken < 1_200_000)
    }

    @Test(arguments: [1, 2, 7, 1000, 100_000])
    func compressedBodiesAreUndoneHoweverTheyArrive(size: Int) throws {
        let text = Array((0..<20_000).map { "line \($0 * 7919 % 10_007)\n" }.joined().utf8)
        var compressed = try gzip(text)
        compressed += try gzip(Array("second member".utf8)) + Array("trailing bytes".utf8)
        let inflater = try #require(Inflater())
        var result: [UInt8] = []
        for start in stride(from: 0, to: compressed.count, by: size) {
            let piece = ByteBuffer(bytes: compressed[start..<min(start + size, compressed.count)])
            #expect(
                inflater.inflate(piece) {
                    result += $0.readableBytesView
                    return nil
                } == nil
            )
        }
        #expect(result == text + Array("second member".utf8))
        #expect(inflater.incompleteness == nil)
    }

    @Test func compressedResponsesAreUndone() async throws {
        let text = String(repeating: "some text ", count: 1000)
        let (zipped, deflated) = (try gzip(Array(text.utf8)), try gzip(Array(text.utf8), windowBits: 15))
        let server = try TestServer { peer in
            while let request = peer.readRequest() {
                switch request.path {
                case "/gzip": peer.answer("200 OK", ["Content-Encoding: gzip"], bytes: zipped)
                case "/X-GZIP": peer.answer("200 OK", ["content-encoding: X-GZIP"], bytes: zipped)
                case "/deflate": peer.answer("200 OK", ["Content-Encoding: deflate"], bytes: deflated)
                case "/cut": peer.answer("200 OK", ["Content-Encoding: gzip"], bytes: Array(zipped.dropLast(5)))
                default: peer.answer("200 OK", ["Content-Encoding: identity"], body: text)
                }
            }
        }
        let answer = try await notes(
            server,
            """
            for _, path in ipairs { "gzip", "X-GZIP", "deflate", "identity" } do
              note(assert(http.get("URL/" .. path)).body == string.rep("some text ", 1000))
            end
            note(http.get("URL/cut"))
            """
        )
        #expect(answer == ["true", "true", "true", "true", "nil | http://PLACE/cut: the compressed body is cut off"])
    }

    @Test(arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", "HTTP/1.1 200 OK\r\n"])
    func aServerThatStopsIsGivenUpAtTheTimeout(head: String) async throws {
        let server = try TestServer { peer in
            _ = peer.readRequest()
            peer.write(head)
            peer.waitForEnd()
        }
        let answer = try await notes(server, "note(http.get('URL/', { timeout = 0.1 }))")
        #expect(answer == ["nil | http://PLACE/: no answer from PLACE within 0.1 s"])
        await server.waitUntilAllAreClosed()
    }

    @Test func aServerThatDripsIsGivenUpAtTheTimeout() async throws {
        let dripping = try TestServer { peer in
            _ = peer.readRequest()
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            while peer.write("x") { usleep(5_000) }
        }
        #expect(
            try await notes(dripping, "note(http.get('URL/', { timeout = 0.1 }))")
                == ["nil | http://PLACE/: no answer from PLACE within 0.1 s"]
        )
        await dripping.waitUntilAllAreClosed()
    }

    private func gzip(_ bytes: [UInt8], windowBits: CInt = 15 + 16) throws -> [UInt8] {
        var stream = z_stream()
        try #require(czlib_deflateInit2(&stream, 9, windowBits, 8) == Z_OK)
        defer { deflateEnd(&stream) }
        var input = bytes
        var output = [UInt8](repeating: 0, count: bytes.count + 1000)
        let count = output.count
        let status = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(count)
                return deflate(&stream, Z_FINISH)
            }
        }
        try #require(status == Z_STREAM_END)
        return Array(output.prefix(count - Int(stream.avail_out)))
    }
}
