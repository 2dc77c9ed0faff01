import NIOCore
import NIOPosix
import SNMP

/// A UDP socket for one agent or for all of a family of addresses.
final class AgentSocket {
    enum Peer {
        case one(AgentAddress)
        case all(isIPv6: Bool)
    }

    private let peer: Peer
    private let eventLoop: any EventLoop
    private let onDatagram: ([UInt8], AgentAddress) -> Void
    private let onRefusal: (AgentAddress, String) -> Void
    private let opening: EventLoopPromise<any Channel>
    private var channel: (any Channel)?
    /// What waits for the socket to be open.
    private var queue: [(bytes: [UInt8], address: AgentAddress)] = []
    private(set) var lastUse = NIODeadline.now()
    private var isClosed = false
    /// Called when the socket is of no use any more, unless it was closed.
    var onEnd: (() -> Void)?

    init(
        _ peer: Peer,
        _ eventLoop: any EventLoop,
        onDatagram: @escaping ([UInt8], AgentAddress) -> Void,
        onRefusal: @escaping (AgentAddress, String) -> Void
    ) {
        self.peer = peer
        self.eventLoop = eventLoop
        self.onDatagram = onDatagram
        self.onRefusal = onRefusal
        opening = eventLoop.makePromise()
        open()
    }

    private func open() {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let bootstrap = DatagramBootstrap(group: eventLoop)
            // Longer datagrams than the allocator's would be cut off.
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 1 << 16))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AgentSocketHandler(bound.value))
                }
            }
        switch peer {
        case .one(let address): bootstrap.connect(to: address.socketAddress).cascade(to: opening)
        case .all(let isIPv6):
            bootstrap.channelOption(.socketOption(.so_rcvbuf), value: .init(SNMPSockets.sharedBuffer))
                .bind(host: isIPv6 ? "::" : "0.0.0.0", port: 0).cascade(to: opening)
        }
        opening.futureResult.assumeIsolated().whenComplete { [self] in opened($0) }
    }

    private func opened(_ result: Result<any Channel, any Error>) {
        let queue = queue
        self.queue = []
        switch result {
        case .failure(let error):
            end()
            for item in queue { refuse(item.address, error) }
        case .success(let channel):
            guard !isClosed else { return }
            self.channel = channel
            for item in queue { write(item.bytes, item.address, channel) }
        }
    }

    func send(_ bytes: [UInt8], to address: AgentAddress) {
        lastUse = .now()
        if let channel { write(bytes, address, channel) } else { queue.append((bytes, address)) }
    }

    private func write(_ bytes: [UInt8], _ address: AgentAddress, _ channel: any Channel) {
        let data = ByteBuffer(bytes: bytes)
        let written: EventLoopFuture<Void>
        switch peer {
        case .one: written = channel.writeAndFlush(data)
        case .all:
            written = channel.writeAndFlush(AddressedEnvelope(remoteAddress: address.socketAddress, data: data))
        }
        written.assumeIsolated().whenFailure { [weak self] error in self?.refuse(address, error) }
    }

    private func refuse(_ address: AgentAddress, _ error: any Error) {
        guard !isClosed else { return }
        onRefusal(address, "\(AddressFormatter.endpoint(address.socketAddress)): \(NetworkError.reason(error))")
    }

    fileprivate func received(_ envelope: AddressedEnvelope<ByteBuffer>) {
        guard !isClosed, let address = AgentAddress(envelope.remoteAddress) else { return }
        onDatagram(Array(envelope.data.readableBytesView), address)
    }

    /// An error of one datagram is no reason to give up what others use.
    fileprivate func failed(_ error: any Error) {
        if case .one(let address) = peer { refuse(address, error) }
    }

    /// The system has closed it.
    fileprivate func end() {
        channel = nil
        let onEnd = onEnd
        self.onEnd = nil
        onEnd?()
    }

    @discardableResult
    func close() -> EventLoopFuture<Void> {
        isClosed = true
        onEnd = nil
        channel = nil
        return opening.futureResult.flatMap { $0.close() }
    }
}

private final class AgentSocketHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    private let socket: AgentSocket

    init(_ socket: AgentSocket) { self.socket = socket }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { socket.received(unwrapInboundIn(data)) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { socket.failed(error) }

    func channelInactive(context: ChannelHandlerContext) { socket.end() }
}
