import Glibc
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Relay
import ServiceLifecycle

/// The hub as a client of relays.
struct HubRelays: Sendable {
    let clients: RelayClients

    /// - Throws: `CommandError` when TLS cannot be set up.
    init(_ configuration: HubConfiguration, on eventLoop: any EventLoop, logger: Logger) throws {
        // Names are looked up on threads of their own, for the resolver may hang.
        let pool = NIOThreadPool(numberOfThreads: 2)
        if !configuration.relays.isEmpty { pool.start() }
        let dialler = Dialler { host, eventLoop in
            pool.runIfActive(eventLoop: eventLoop) {
                if let address = SystemResolver.literal(host) { return [address] }
                return try SystemResolver().completeAddresses(of: host)
            }
        }
        let port = configuration.listen.lazy.compactMap { try? ListenAddress($0).port }.first ?? 10_100
        let settings = try configuration.relays.map { try $0.settings(port: port) }
        clients = RelayClients(settings, dialler: dialler, on: eventLoop, logger: logger)
    }
}

/// Polls the relays until the program ends.
struct RelayService: Service {
    let relays: HubRelays
    let responder: Responder

    func run() async throws {
        let responder = responder
        await cancelWhenGracefulShutdown {
            await relays.clients.run { await responder.respond(to: $0) }
        }
    }
}

extension Responder {
    /// Answers a request that came through a relay.
    @concurrent
    func respond(to request: LocalRequest) async -> LocalAnswer {
        var fields = HTTPFields()
        for (name, value) in request.headers {
            if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
        }
        let head = HTTPRequest(
            method: HTTPRequest.Method(request.method) ?? .get,
            scheme: nil,
            authority: request.authority,
            path: request.target,
            headerFields: fields
        )
        let (answer, body) = await respond(to: Request(head: head, body: .init(buffer: request.body)))
        let headers = answer.headerFields.map { ($0.name.rawName, $0.value) }
        return LocalAnswer(status: answer.status.code, headers: HTTPHeaders(headers), body: body)
    }
}

extension RelayConfiguration {
    /// - Throws: `CommandError` when TLS cannot be set up.
    fileprivate func settings(port: Int) throws -> ClientSettings {
        guard case .tcp(let endpoint) = url.destination else { throw CommandError("relay: \(url.text) has no host") }
        let name = name ?? HostName.current
        // A target that says nothing else is scraped under the hub's own name.
        let targets = targets.map { target in
            var target = target
            if target.name.isEmpty { target.name = ClientName.canonical(name) }
            return target
        }
        var local = LocalTargets(name: name, port: port, targets: targets, paths: Self.paths)
        local.labels = labels
        var settings = ClientSettings(label: url.text, host: endpoint.host, port: endpoint.port, targets: local)
        settings.pathPrefix = url.path.hasSuffix("/") ? String(url.path.dropLast()) : url.path
        settings.authorization = authorization
        settings.isHTTP2 = isHTTP2
        settings.pollTimeout = TimeAmount(pollTimeout)
        settings.deadAfter = TimeAmount(deadAfter)
        if url.scheme == .https { settings.tls = try tls.context(protocols: NegotiatedProtocol.ofClient) }
        return settings
    }
}

extension ClientTLSConfiguration {
    fileprivate func context(protocols: [String]) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        do {
            configuration.applicationProtocols = protocols
            if let authorityFile {
                configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(authorityFile))
            }
            if let certificateFile, let keyFile {
                let chain = try NIOSSLCertificate.fromPEMFile(certificateFile)
                configuration.certificateChain = chain.map { .certificate($0) }
                configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: keyFile, format: .pem))
            }
            if skipsVerification { configuration.certificateVerification = .none }
            return try NIOSSLContext(configuration: configuration)
        } catch {
            let files = [authorityFile, certificateFile, keyFile].compactMap { $0 }.joined(separator: ", ")
            throw CommandError(
                "relay: tls: cannot use \(files.isEmpty ? "the system's certificates" : files): \(error)"
            )
        }
    }
}

extension ListenAddress {
    /// Nil for socket files, for sockets of systemd and for a port that is not known yet.
    fileprivate var port: Int? {
        switch place {
        case .everywhere(let port, _), .host(_, let port, _): port == 0 ? nil : Int(port)
        case .unix, .systemd: nil
        }
    }
}
