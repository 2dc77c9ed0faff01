import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOSSL

/// One plugin's HTTP client, on the plugin's event loop, with its kept connections.
final class HTTPRequester {
    /// Seconds before an unused connection is closed.
    static let idleTimeout = TimeAmount.seconds(60)
    /// Connections to one host.
    static let connectionLimit = 64

    private let eventLoop: any EventLoop
    private var shared: HTTPClient?
    /// Clients for names whose addresses had to be chosen; see `NetworkGrants`.
    private var pinned: [HTTPClient] = []

    init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    /// The client for an endpoint; `address` is what its name must lead to, nil when any will do.
    func client(for endpoint: Endpoint?, at address: SocketAddress?) -> HTTPClient {
        guard let endpoint, let address else {
            if let shared { return shared }
            let client = HTTPClient(eventLoopGroup: eventLoop, configuration: Self.configuration())
            shared = client
            return client
        }
        var configuration = Self.configuration()
        configuration.dnsOverride = [endpoint.host: AddressFormatter.host(address)]
        let client = HTTPClient(eventLoopGroup: eventLoop, configuration: configuration)
        pinned.append(client)
        return client
    }

    private static func configuration() -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: TimeAmount(seconds: PluginInstance.connectTimeout)),
            decompression: .enabled(limit: .none)
        )
        configuration.connectionPool.idleTimeout = idleTimeout
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connectionLimit
        // The pool would try again until the deadline and hide why it fails.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .automatic
        return configuration
    }

    /// Gives back a client that was made for one request.
    func release(_ client: HTTPClient) {
        guard let index = pinned.firstIndex(where: { $0 === client }) else { return }
        pinned.remove(at: index).shutdown { _ in }
    }

    /// Closes all connections; the future is done when the clients are gone.
    func shutdown() -> EventLoopFuture<Void> {
        let clients = pinned + (shared.map { [$0] } ?? [])
        pinned = []
        shared = nil
        let ends = clients.map { client in
            let promise = eventLoop.makePromise(of: Void.self)
            client.shutdown { _ in promise.succeed() }
            return promise.futureResult
        }
        return EventLoopFuture.andAllComplete(ends, on: eventLoop)
    }
}
