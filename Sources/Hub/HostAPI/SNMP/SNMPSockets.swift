import NIOCore
import NIOPosix
import SNMP

/// The sockets by which one plugin speaks with all its agents: one for each family of addresses.
final class SNMPSockets {
    /// Bytes that the kernel is asked to keep for a thread that is busy; it may give less.
    static let receiveBuffer = 4 << 20

    private let eventLoop: any EventLoop
    private let onDatagram: ([UInt8], AgentAddress) -> Void
    private let onRefusal: (AgentAddress, String) -> Void
    private var sockets: [Bool: SharedSocket] = [:]

    init(
        _ eventLoop: any EventLoop,
        onDatagram: @escaping ([UInt8], AgentAddress) -> Void,
        onRefusal: @escaping (AgentAddress, String) -> Void
    ) {
        self.eventLoop = eventLoop
        self.onDatagram = onDatagram
        self.onRefusal = onRefusal
    }

    /// What cannot be sent is told as a refusal, later.
    func send(_ bytes: [UInt8], to address: AgentAddress) {
        let socket: SharedSocket
        if let known = sockets[address.isIPv6] {
            socket = known
        } else {
            socket = SharedSocket(isIPv6: address.isIPv6, eventLoop, onDatagram, onRefusal)
            sockets[address.isIPv6] = socket
        }
        socket.send(bytes, to: address)
    }

    func close() -> EventLoopFuture<Void> {
        EventLoopFuture.andAllComplete(sockets.values.map { $0.close() }, on: eventLoop)
    }
}

/// A socket that is not connected.
private final class SharedSocket: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    private let eventLoop: any EventLoop
    private let onDatagram: ([UInt8], AgentAddress) -> Void
    private let onRefusal: (AgentAddress, String) -> Void
    private var channel: (any Channel)?
    /// What waits for the socket to be open.
    private var queue: [(bytes: [UInt8], address: AgentAddress)] = []
    private var opening: EventLoopFuture<any Channel>?
    private let isIPv6: Bool

    init(
        isIPv6: Bool,
        _ eventLoop: any EventLoop,
        _ onDatagram: @escaping ([UInt8], AgentAddress) -> Void,
        _ onRefusal: @escaping (AgentAddress, String) -> Void
    ) {
        self.isIPv6 = isIPv6
        self.eventLoop = eventLoop
        self.onDatagram = onDatagram
        self.onRefusal = onRefusal
    }

    private func open() {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let opening = DatagramBootstrap(group: eventLoop)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 1 << 16))
            .channelOption(.socketOption(.so_rcvbuf), value: SNMPSockets.receiveBuffer)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(bound.value)
                }
            }
            .bind(host: isIPv6 ? "::" : "0.0.0.0", port: 0)
        self.opening = opening
        opening.assumeIsolated().whenComplete { [self] result in
            let queue = queue
            self.queue = []
            switch result {
            case .failure(let error):
                self.opening = nil
                for item in queue { refuse(item.address, error) }
            case .success(let channel):
                self.channel = channel
                for item in queue { write(item.bytes, item.address, channel) }
            }
        }
    }

    func send(_ bytes: [UInt8], to address: AgentAddress) {
        if let channel { return write(bytes, address, channel) }
        queue.append((bytes, address))
        if opening == nil { open() }
    }

    private func write(_ bytes: [UInt8], _ address: AgentAddress, _ channel: any Channel) {
        let envelope = AddressedEnvelope(remoteAddress: address.socketAddress, data: ByteBuffer(bytes: bytes))
        channel.writeAndFlush(envelope).assumeIsolated().whenFailure { [self] error in refuse(address, error) }
    }

    private func refuse(_ address: AgentAddress, _ error: any Error) {
        onRefusal(address, "\(AddressFormatter.endpoint(address.socketAddress)): \(NetworkError.reason(error))")
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        guard let address = AgentAddress(envelope.remoteAddress) else { return }
        onDatagram(Array(envelope.data.readableBytesView), address)
    }

    /// An error of one datagram is no reason to close what others use.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {}

    func channelInactive(context: ChannelHandlerContext) {
        channel = nil
        opening = nil
    }

    func close() -> EventLoopFuture<Void> {
        let opening = opening ?? eventLoop.makeFailedFuture(ChannelError.alreadyClosed)
        return opening.flatMap { $0.close() }
    }
}
