import Foundation
import NIOSSL
import Testing

@testable import Hub

/// `https`: whom the client believes, and as whom it comes.
@Suite struct HTTPTLSTests {
    private let certificates: TestCertificates
    private let resolver = FakeResolver(["web.example": ["127.0.0.1"], "other.example": ["127.0.0.1"]])

    init() throws { certificates = try TestCertificates() }

    /// Fetches from the server, with `AUTHORITY` in the options replaced by the authority's certificate.
    private func get(_ host: String, _ server: TLSServer, _ options: String) async throws -> [String] {
        let authority = try String(contentsOfFile: certificates.authority, encoding: .utf8)
        return try await NetworkScript.notes(
            """
            for _ = 1, 2 do
              local r, message = http.get("https://\(host):\(server.port)/", \(options.replacing("AUTHORITY", with: "[[\(authority)]]")))
              note(r and r.body or message)
            end
            """,
            needs: "network = { '*:*' }",
            configuration: "limits: { cpu: 20s }",
            resolver: resolver
        )
        .map { $0.replacing(":\(server.port)", with: "") }
    }

    @Test(arguments: ["web.example", "127.0.0.1"])
    func aServerOfOneOwnAuthorityIsBelieved(host: String) async throws {
        let server = try await TLSServer(certificates.make("good", for: "DNS:web.example, IP:127.0.0.1"))
        #expect(try await get(host, server, "{ tls = { ca = AUTHORITY } }") == ["hello", "hello"])
    }

    @Test func anUnknownAuthorityIsNotBelieved() async throws {
        let server = try await TLSServer(certificates.make("good", for: "DNS:web.example"))
        let failure = "https://web.example/: TLS with 127.0.0.1 failed: certificate verify failed"
        #expect(try await get("web.example", server, "{}") == [failure, failure])
    }

    @Test(arguments: ["other.example", "127.0.0.1"])
    func aCertificateForAnotherNameIsNotBelieved(host: String) async throws {
        let server = try await TLSServer(certificates.make("good", for: "DNS:web.example"))
        let answer = try await get(host, server, "{ tls = { ca = AUTHORITY } }")
        #expect(answer.count == 2)
        for line in answer { #expect(line.hasPrefix("https://\(host)/: TLS with 127.0.0.1 failed: "), "\(line)") }
    }

    @Test func anExpiredCertificateIsNotBelieved() async throws {
        let server = try await TLSServer(certificates.make("old", for: "DNS:web.example", days: -1))
        let failure = "https://web.example/: TLS with 127.0.0.1 failed: certificate verify failed"
        #expect(try await get("web.example", server, "{ tls = { ca = AUTHORITY } }") == [failure, failure])
    }

    @Test func verificationCanBeSwitchedOff() async throws {
        let server = try await TLSServer(certificates.make("old", for: "DNS:web.example", days: -1))
        #expect(
            try await get("other.example", server, "{ tls = { insecure_skip_verify = true } }") == ["hello", "hello"]
        )
    }

    @Test func aClientShowsItsCertificate() async throws {
        let server = try await TLSServer(
            certificates.make("good", for: "DNS:web.example"),
            clients: certificates.authority
        )
        let client = try certificates.make("client", for: "DNS:client.example")
        let texts = try [client.certificate, client.key].map { try String(contentsOfFile: $0, encoding: .utf8) }
        let identity = "certificate = [[\(texts[0])]], key = [[\(texts[1])]]"
        #expect(
            try await get("web.example", server, "{ tls = { ca = AUTHORITY, \(identity) } }") == ["hello", "hello"]
        )
        let refused = try await get("web.example", server, "{ tls = { ca = AUTHORITY } }")
        #expect(refused.count == 2)
        for line in refused { #expect(line.hasPrefix("https://web.example/: "), "\(line)") }
        #expect(!refused.contains("hello"))
    }

    /// A server may lead elsewhere, but must not be able to make the client show itself there.
    @Test func aClientShowsItsCertificateToItsOwnServerOnly() throws {
        let client = try certificates.make("client", for: "DNS:client.example")
        var options = HTTPOptions()
        options.tls = .makeClientConfiguration()
        options.tls?.certificateChain = try NIOSSLCertificate.fromPEMFile(client.certificate).map { .certificate($0) }
        options.tls?.privateKey = .privateKey(try NIOSSLPrivateKey(file: client.key, format: .pem))
        #expect(options.tlsForOthers?.certificateChain.isEmpty == true)
        #expect(options.tlsForOthers?.privateKey == nil)
        #expect(options.tls?.privateKey != nil)
    }

    @Test func aServerWithoutTLSIsAnError() async throws {
        let server = try TestServer { $0.answer(body: "plain") }
        let answer = try await NetworkScript.notes(
            "note(http.get('https://127.0.0.1:\(server.port)/'))",
            needs: "network = { '*:*' }"
        )
        #expect(
            answer.first?.hasPrefix("nil | https://127.0.0.1:\(server.port)/: TLS with 127.0.0.1:\(server.port) failed")
                == true,
            "\(answer)"
        )
    }
}
