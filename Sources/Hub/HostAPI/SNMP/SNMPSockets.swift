import NIOCore
import NIOPosix
import SNMP

/// The sockets by which one plugin speaks with all its agents.
///
/// The first agents have a connected socket each, by which the kernel tells at once when nobody listens; all others share
/// one socket for each family of addresses, however many they are.
final class SNMPSockets {
    /// Sockets that are connected to an agent.
    static let connectedLimit = 64
    /// Time without use after which such a socket gives way to another agent's.
    static let idleTime = TimeAmount.seconds(60)
    /// Bytes that the kernel is asked to keep for a thread that is busy; it may give less.
    static let sharedBuffer = 4 << 20

    private let eventLoop: any EventLoop
    private let onDatagram: ([UInt8], AgentAddress) -> Void
    private let onRefusal: (AgentAddress, String) -> Void
    private var connected: [AgentAddress: AgentSocket] = [:]
    /// By whether it is for IPv6.
    private var shared: [Bool: AgentSocket] = [:]
    private var isClosed = false

    /// `onRefusal` gets an address that cannot be reached with the reason, which names it.
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
        guard !isClosed else { return }
        socket(for: address).send(bytes, to: address)
    }

    private func socket(for address: AgentAddress) -> AgentSocket {
        if let socket = connected[address] { return socket }
        if connected.count >= Self.connectedLimit { closeIdle() }
        if connected.count < Self.connectedLimit {
            let socket = makeSocket(AgentSocket.Peer.one(address))
            socket.onEnd = { [weak self, weak socket] in
                guard let self, connected[address] === socket else { return }
                connected[address] = nil
            }
            connected[address] = socket
            return socket
        }
        if let socket = shared[address.isIPv6] { return socket }
        let socket = makeSocket(.all(isIPv6: address.isIPv6))
        socket.onEnd = { [weak self, weak socket] in
            guard let self, shared[address.isIPv6] === socket else { return }
            shared[address.isIPv6] = nil
        }
        shared[address.isIPv6] = socket
        return socket
    }

    private func makeSocket(_ peer: AgentSocket.Peer) -> AgentSocket {
        AgentSocket(peer, eventLoop, onDatagram: onDatagram, onRefusal: onRefusal)
    }

    private func closeIdle() {
        let now = NIODeadline.now()
        for (address, socket) in connected where now - socket.lastUse >= Self.idleTime {
            connected[address] = nil
            socket.close()
        }
    }

    /// The future is done when all are closed.
    func close() -> EventLoopFuture<Void> {
        isClosed = true
        let sockets = Array(connected.values) + Array(shared.values)
        connected = [:]
        shared = [:]
        return EventLoopFuture.andAllComplete(sockets.map { $0.close() }, on: eventLoop)
    }
}
