import LuaSandbox
import NIOCore
import NIOPosix

/// A UDP socket that speaks with one peer.
///
/// A name may have several addresses. As long as nothing has been received, an address that refuses gives way to the
/// next one, and what was sent last is sent again.
final class DatagramConnection: Connection {
    /// Datagrams that wait to be received; more are dropped, as a full socket buffer would.
    static let queueLimit = 256

    private let eventLoop: any EventLoop
    private var addresses: ArraySlice<SocketAddress>
    private var channel: (any Channel)?
    private var queue: [[UInt8]] = []
    private var lastSent: [UInt8] = []
    private var reasons: [String] = []
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
                    reasons.append("\(AddressFormatter.endpoint(address)): \(NetworkError.reason(error))")
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
        guard let channel else { return finish(.failure("cannot send to \(place): closed")) }
        channel.writeAndFlush(ByteBuffer(bytes: bytes)).assumeIsolated().whenComplete { [self] result in
            switch result {
            case .success:
                var plan = Plan()
                plan.push(true)
                finish(.values(plan))
            case .failure(let error): finish(.failure("cannot send to \(place): \(NetworkError.reason(error))"))
            }
        }
    }

    func receive(timeout: Double?, _ handle: OperationHandle) {
        begin(handle)
        isReceiving = true
        if !queue.isEmpty { return deliver() }
        guard let timeout else { return }
        timer = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(seconds: timeout)) { [weak self] in
            guard let self else { return }
            end(.failure("no datagram from \(place) within \(timeout) s"))
        }
    }

    fileprivate func received(_ bytes: [UInt8]) {
        hasReceived = true
        guard queue.count < Self.queueLimit else { return }
        queue.append(bytes)
        if isReceiving { deliver() }
    }

    private func deliver() {
        var plan = Plan()
        plan.push(queue.removeFirst())
        end(.values(plan))
    }

    private func end(_ result: OperationResult) {
        isReceiving = false
        timer?.cancel()
        timer = nil
        finish(result)
    }

    fileprivate func failed(_ error: any Error, at address: SocketAddress?) {
        let place = address.map { AddressFormatter.endpoint($0) } ?? place
        reasons.append("\(place): \(NetworkError.reason(error))")
        guard !hasReceived, !addresses.isEmpty else {
            if isReceiving { end(.failure("no answer from \(self.place): \(reasons.joined(separator: ", "))")) }
            return
        }
        channel?.close(promise: nil)
        channel = nil
        open { [self] failure in
            if let failure {
                if isReceiving { end(.failure("no answer from \(self.place): \(failure)")) }
            } else {
                channel?.writeAndFlush(ByteBuffer(bytes: lastSent), promise: nil)
            }
        }
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
