import AsyncHTTPClient
import NIOCore

/// One plugin's HTTP clients, on the plugin's event loop, with their kept connections.
///
/// Names are looked up by the hub itself, which checks the addresses; a client is then made that knows the name by one of
/// them only, so that no other answer can lead the connection elsewhere.
final class HTTPRequester {
    /// Time before an unused connection is closed.
    static let idleTimeout = TimeAmount.seconds(60)
    /// Connections to one host.
    static let connectionLimit = 64
    private static let rememberedNames = 10_000

    /// A name and the address that its client connects to.
    private struct Pin: Hashable {
        let host: String
        let address: String
    }

    /// A client while requests use it.
    final class Lease {
        let client: HTTPClient
        fileprivate let isForOneRequest: Bool
        fileprivate var users = 0
        fileprivate var lastUse = NIODeadline.now()

        fileprivate init(_ client: HTTPClient, isForOneRequest: Bool) {
            self.client = client
            self.isForOneRequest = isForOneRequest
        }
    }

    private let eventLoop: any EventLoop
    /// For addresses and socket files, which need no name.
    private var shared: Lease?
    private var pinned: [Pin: Lease] = [:]
    private var passing: [ObjectIdentifier: Lease] = [:]
    /// Where a name with several addresses was reached last.
    private var reached: [Endpoint: SocketAddress] = [:]

    private let idle: IdleConnections

    /// `limit` is for the connections that are kept without a request.
    init(eventLoop: any EventLoop, keeping limit: Int, memory: HostMemory) {
        self.eventLoop = eventLoop
        idle = IdleConnections(limit: limit, memory: memory)
    }

    /// The client for a name at an address, or for what needs no name.
    ///
    /// A fresh one has no kept connections. Every lease has to be given back.
    func lease(_ endpoint: Endpoint?, at address: SocketAddress?, isFresh: Bool = false) -> Lease {
        let pin = endpoint.flatMap { endpoint in
            address.map { Pin(host: endpoint.host, address: AddressFormatter.host($0)) }
        }
        let lease = isFresh ? makeLease(pin, isForOneRequest: true) : pin.map(pinnedLease) ?? sharedLease()
        if isFresh { passing[ObjectIdentifier(lease)] = lease }
        lease.users += 1
        return lease
    }

    func giveBack(_ lease: Lease) {
        lease.users -= 1
        lease.lastUse = .now()
        guard lease.isForOneRequest, passing.removeValue(forKey: ObjectIdentifier(lease)) != nil else { return }
        lease.client.shutdown { _ in }
    }

    private func sharedLease() -> Lease {
        if let shared { return shared }
        let lease = makeLease(nil)
        shared = lease
        return lease
    }

    private func pinnedLease(_ pin: Pin) -> Lease {
        dropUnused()
        if let lease = pinned[pin] { return lease }
        let lease = makeLease(pin)
        pinned[pin] = lease
        return lease
    }

    private func makeLease(_ pin: Pin?, isForOneRequest: Bool = false) -> Lease {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: TimeAmount(seconds: PluginInstance.connectTimeout)),
            decompression: .disabled
        )
        configuration.connectionPool.idleTimeout = Self.idleTimeout
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Self.connectionLimit
        // The pool would try again until the deadline and hide why it fails.
        configuration.connectionPool.retryConnectionEstablishment = false
        // What devices and exporters speak; one request at a time on a connection is easy to reason about.
        configuration.httpVersion = .http1Only
        let bound = NIOLoopBound(idle, eventLoop: eventLoop)
        configuration.http1_1ConnectionDebugInitializer = { channel in
            channel.eventLoop.makeCompletedFuture { try bound.value.follow(channel) }
        }
        if let pin { configuration.dnsOverride = [pin.host: pin.address] }
        let client = HTTPClient(eventLoopGroup: eventLoop, configuration: configuration)
        return Lease(client, isForOneRequest: isForOneRequest)
    }

    /// Clients whose connections have all been closed by now.
    private func dropUnused() {
        let limit = NIODeadline.now() - Self.idleTimeout - Self.idleTimeout
        for (pin, lease) in pinned where lease.users == 0 && lease.lastUse < limit {
            pinned[pin] = nil
            lease.client.shutdown { _ in }
        }
    }

    /// The address to try first: where the name was reached last, or the only one there is.
    func preferred(_ addresses: [SocketAddress], of endpoint: Endpoint) -> SocketAddress? {
        if addresses.count == 1 { return addresses.first }
        return reached[endpoint].flatMap { addresses.contains($0) ? $0 : nil }
    }

    /// Notes which address answers; nil when the one that did does so no more.
    func note(_ address: SocketAddress?, of endpoint: Endpoint) {
        if reached.count >= Self.rememberedNames { reached = [:] }
        reached[endpoint] = address?.at(port: 0)
    }

    /// Closes all connections; the future is done when the clients are gone.
    func shutdown() -> EventLoopFuture<Void> {
        let leases = Array(pinned.values) + Array(passing.values) + (shared.map { [$0] } ?? [])
        pinned = [:]
        passing = [:]
        shared = nil
        let ends = leases.map { lease in
            let promise = eventLoop.makePromise(of: Void.self)
            lease.client.shutdown { _ in promise.succeed() }
            return promise.futureResult
        }
        return EventLoopFuture.andAllComplete(ends, on: eventLoop)
    }
}
