import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Testing

@testable import Hub

/// Certificates of one authority, made with openssl.
struct TestCertificates {
    let folder: TemporaryTree
    /// The authority's own certificate.
    let authority: String

    init() throws {
        folder = try TemporaryTree()
        authority = folder.path("ca.pem")
        try openssl(
            ["req", "-x509", "-days", "2", "-subj", "/CN=Test"] + Self.key(folder.path("ca.key")) + ["-out", authority]
        )
    }

    /// Makes a certificate for what `names` says (`DNS:web.example`, `IP:127.0.0.1`).
    func make(_ name: String, for names: String, days: Int = 2) throws -> (certificate: String, key: String) {
        let (certificate, key) = (folder.path("\(name).pem"), folder.path("\(name).key"))
        let request = folder.path("\(name).csr")
        let extensions = try folder.write("\(name).cnf", "subjectAltName=\(names)\n")
        try openssl(["req", "-new", "-subj", "/CN=\(name)"] + Self.key(key) + ["-out", request])
        try openssl(
            ["x509", "-req", "-in", request, "-CA", authority, "-CAkey", folder.path("ca.key"), "-CAcreateserial"]
                + ["-days", "\(days)", "-extfile", extensions, "-out", certificate]
        )
        return (certificate, key)
    }

    private static func key(_ path: String) -> [String] {
        ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", path]
    }

    private func openssl(_ arguments: [String]) throws {
        let process = Process()
        let errors = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.standardError = errors
        try process.runAsKnown()
        defer { process.forget() }
        let text = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "openssl: \(String(decoding: text, as: UTF8.self))")
    }
}

/// Answers every request over TLS with `hello`; on both loopback addresses.
final class TLSServer: Sendable {
    let port: Int
    private let channel: any Channel

    /// `clients` is a file with the authority whose clients are let in; nil lets all in.
    init(_ identity: (certificate: String, key: String), clients: String? = nil) async throws {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(identity.certificate).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: identity.key, format: .pem))
        )
        if let clients {
            configuration.certificateVerification = .noHostnameVerification
            configuration.trustRoots = .file(clients)
        }
        let context = try NIOSSLContext(configuration: configuration)
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers(NIOSSLServerHandler(context: context), Greeter())
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    deinit { channel.close(promise: nil) }

    private final class Greeter: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private var head = ""

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            head += String(buffer: unwrapInboundIn(data))
            guard head.hasSuffix("\r\n\r\n") else { return }
            head = ""
            let answer = ByteBuffer(string: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
            context.writeAndFlush(wrapOutboundOut(answer), promise: nil)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
