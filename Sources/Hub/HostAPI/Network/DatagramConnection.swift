import LuaSandbox
import NIOCore
import NIOPosix

/// A UDP socket that speaks with one peer.
///
/// A name may have several addresses. As long as nothing has been received, an address that refuses gives way to the
/// next one, and what was sent last is sent again.
final class DatagramConnection: Connection {
    /// Datagrams that wait to be received, and their bytes; more are dropped, as a full socket buffer would.
    static let queueLimit = (datagrams: 256, bytes: 1 << 20)

    private let eventLoop: any EventLoop
    private var addresses: ArraySlice<SocketAddress>
    /// Nil while the next address is taken, and at the end.
    private var channel: (any Channel)?
    private var queue: [[UInt8]] = []
    /// What is sent again to the next address.
    private var lastSent: [UInt8]?
    /// Why addresses did not answer.
    private var reasons: [String] = []
    /// What the next receive has to report.
    private var failure: String?
    private var isReceiving = false
    private var hasReceived = false
    private var isClosed = false
    private var timer: Scheduled<Void>?

    init(_ addresses: [SocketAddress], eventLoop: any EventLoop, id: Int, place: String, idleTimeout: Double?) {
        self.addresses = addresses[...]
        self.eventLoop = eventLoop
        super.init(id: id, place: place, idleTimeout: idleTimeout)
    }

    override func close() {
        isClosed = true
        timer?.cancel()
        channel?.close(promise: nil)
        channel = nil
        super.close()
        finish(.failure("socket to \(place) was closed"))
    }

    /// Opens a socket to the next address; `completion` gets nil or the reasons of all that failed.
    func open(_ completion: @escaping (String?) -> Void) {
        guard let address = addresses.popFirst() else { return completion(reasons.joined(separator: ", ")) }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        DatagramBootstrap(group: eventLoop)
            // Longer datagrams than the allocator's would be cut off.
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 1 << 16))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(DatagramHandler(connection: bound.value))
                }
            }
            .connect(to: address)
            .assumeIsolated()
            .whenComplete { [self] result in
                switch result {
                case .failure(let error):
                    note(error, at: address)
                    open(completion)
                case .success(let channel):
                    guard !isClosed else { return channel.close(promise: nil) }
                    self.channel = channel
                    completion(nil)
                }
            }
    }

    func send(_ bytes: [UInt8], _ handle: OperationHandle) {
        begin(handle)
        lastSent = bytes
        outgoing = bytes.count
        failure = nil
        transmit { [self] failure in
            if let failure { return finish(.failure("cannot send to \(place): \(failure)")) }
            var plan = Plan()
            plan.push(true)
            finish(.values(plan))
        }
    }

    /// Sends what was sent last to the address in use, or to the next one that takes it.
    private func transmit(_ completion: @escaping (String?) -> Void) {
        guard let lastSent else { return completion(nil) }
        guard let channel else { return completion("closed") }
        channel.writeAndFlush(ByteBuffer(bytes: lastSent)).assumeIsolated().whenComplete { [self] result in
            guard !isClosed, case .failure(let error) = result else { return completion(nil) }
            note(error, at: channel.remoteAddress)
            goOn(completion)
        }
    }

    /// Turns to the next address; `completion` gets the reasons when there is none.
    private func goOn(_ completion: @escaping (String?) -> Void) {
        guard !hasReceived, !addresses.isEmpty else {
            defer { reasons = [] }
            return completion(reasons.joined(separator: ", "))
        }
        channel?.close(promise: nil)
        channel = nil
        open { [self] failure in failure == nil ? transmit(completion) : goOn(completion) }
    }

    func receive(timeout: Double?, _ handle: OperationHandle) {
        begin(handle)
        isReceiving = true
        if !queue.isEmpty { return deliver() }
        if let failure { return report(failure) }
        guard let timeout else { return }
        timer = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(seconds: timeout)) { [weak self] in
            guard let self else { return }
            end(.failure("no datagram from \(place) within \(timeout) s"))
        }
    }

    fileprivate func received(_ bytes: [UInt8]) {
        hasReceived = true
        guard queue.count < Self.queueLimit.datagrams, incoming + bytes.count <= Self.queueLimit.bytes else { return }
        queue.append(bytes)
        incoming += bytes.count
        if isReceiving { deliver() }
    }

    private func deliver() {
        var plan = Plan()
        let bytes = queue.removeFirst()
        incoming -= bytes.count
        plan.push(bytes)
        end(.values(plan))
    }

    private func end(_ result: OperationResult) {
        isReceiving = false
        timer?.cancel()
        timer = nil
        finish(result)
    }

    /// The peer's host has sent a datagram back.
    fileprivate func failed(_ error: any Error, at address: SocketAddress?) {
        guard !isClosed, address == channel?.remoteAddress else { return }
        note(error, at: address)
        goOn { [self] failure in
            guard let failure else { return }
            guard !isReceiving else { return report(failure) }
            self.failure = failure
        }
    }

    private func note(_ error: any Error, at address: SocketAddress?) {
        let place = address.map { AddressFormatter.endpoint($0) } ?? place
        reasons.append("\(place): \(NetworkError.reason(error))")
    }

    private func report(_ failure: String) {
        self.failure = nil
        end(.failure("no answer from \(place): \(failure)"))
    }
}

private final class DatagramHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    private weak var connection: DatagramConnection?

    init(connection: DatagramConnection) { self.connection = connection }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        connection?.received(Array(unwrapInboundIn(data).data.readableBytesView))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        connection?.failed(error, at: context.remoteAddress)
    }
}
