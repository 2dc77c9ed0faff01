import CLinux
import Glibc
import NIOCore
import SNMP

/// The sockets by which one plugin speaks with all its agents: one for each family of addresses, however many agents there
/// are.
final class SNMPSockets {
    /// Datagrams that are taken before others of the event loop have their turn.
    static let batch = 64
    /// How often a datagram is tried to be sent when the system tells the fate of earlier ones instead.
    static let tries = 4
    /// How long the thread stays for the next answer when one has come, in nanoseconds: an agent nearby answers sooner than
    /// one thread wakes up another.
    static let stay = 200_000
    /// How long it stays with answers before others of the event loop have their turn.
    static let staying = TimeAmount.milliseconds(2)
    /// Answers after which it does not stay, once it has stayed in vain.
    static let breaks = 16
    /// The longest datagram (RFC 768).
    private static let longest = 1 << 16

    private let eventLoop: any EventLoop
    private let onDatagram: ([UInt8], AgentAddress) -> Void
    private let onRefusal: (AgentAddress, String) -> Void
    private let isAnswerAwaited: () -> Bool
    private var ipv4: AgentSocket?
    private var ipv6: AgentSocket?
    private var watch: SocketWatch?
    private var refusals: [(address: AgentAddress, code: Int32)] = []
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: longest, alignment: 16)
    private var isClosed = false
    private var breaksLeft = 0
    /// Datagrams that the system did not take, and that count as lost.
    private(set) var unsent = 0

    /// `onRefusal` gets an address that cannot be reached with the reason, which names it.
    init(
        _ eventLoop: any EventLoop,
        onDatagram: @escaping ([UInt8], AgentAddress) -> Void,
        onRefusal: @escaping (AgentAddress, String) -> Void,
        isAnswerAwaited: @escaping () -> Bool
    ) {
        self.eventLoop = eventLoop
        self.onDatagram = onDatagram
        self.onRefusal = onRefusal
        self.isAnswerAwaited = isAnswerAwaited
    }

    deinit { buffer.deallocate() }

    /// What cannot be sent is told as a refusal, later; what the system has no room for is lost.
    func send(_ bytes: [UInt8], to address: AgentAddress) {
        guard !isClosed else { return }
        do throws(SystemCallError) {
            let socket = try socket(isIPv6: address.isIPv6)
            var code: Int32 = 0
            for _ in 0..<Self.tries {
                code = socket.send(bytes, to: address)
                if code == 0 { return }
                if code == EAGAIN || code == ENOBUFS { break }
                _ = takeNotices(of: socket)
            }
            // What others say of earlier datagrams is nothing about one that was not sent: it is lost as in a network.
            if [EAGAIN, ENOBUFS, ECONNREFUSED].contains(code) { unsent += 1 } else { refuse(address, code) }
        } catch {
            refuse(address, error.code)
        }
    }

    private func socket(isIPv6: Bool) throws(SystemCallError) -> AgentSocket {
        if let socket = isIPv6 ? ipv6 : ipv4 { return socket }
        let socket = try AgentSocket.open(isIPv6: isIPv6).get()
        let code = try startedWatch().add(socket.descriptor)
        guard code == 0 else { throw SystemCallError(code: code) }
        if isIPv6 { ipv6 = socket } else { ipv4 = socket }
        return socket
    }

    private func startedWatch() throws(SystemCallError) -> SocketWatch {
        if let watch { return watch }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let watch = try SocketWatch(eventLoop) { bound.value.receive() }
        self.watch = watch
        return watch
    }

    /// Takes what has come, and what comes soon after.
    private func receive() {
        let end = NIODeadline.now() + Self.staying
        var hasMore = false
        repeat {
            hasMore = false
            for socket in [ipv4, ipv6].compactMap(\.self) {
                let hasDatagrams = takeDatagrams(of: socket)
                let hasNotices = takeNotices(of: socket)
                hasMore = hasMore || hasDatagrams || hasNotices
            }
            tellRefusals()
        } while !isClosed && NIODeadline.now() < end && (hasMore || comesSoon())
        guard !isClosed else { return }
        if hasMore {
            eventLoop.assumeIsolated().execute { [weak self] in self?.receive() }
        } else {
            for socket in [ipv4, ipv6].compactMap(\.self) { watch?.again(socket.descriptor) }
        }
    }

    /// Stays a moment for the next answer; false when none has come.
    private func comesSoon() -> Bool {
        guard isAnswerAwaited() else { return false }
        guard breaksLeft == 0 else {
            breaksLeft -= 1
            return false
        }
        let hasCome = clinux_wait_briefly(ipv4?.descriptor ?? -1, ipv6?.descriptor ?? -1, Self.stay) != 0
        if !hasCome { breaksLeft = Self.breaks }
        return hasCome
    }

    /// Whether there may be more.
    private func takeDatagrams(of socket: AgentSocket) -> Bool {
        for _ in 0..<Self.batch {
            guard !isClosed else { return false }
            switch socket.receive(buffer) {
            case .datagram(let bytes, let sender): onDatagram(bytes, sender)
            case .error: continue
            case .nothing: return false
            }
        }
        return true
    }

    /// Whether there may be more.
    private func takeNotices(of socket: AgentSocket) -> Bool {
        for _ in 0..<Self.batch {
            guard let notice = socket.takeNotice() else { return false }
            if notice.isFinal, let address = notice.address { refuse(address, notice.code) }
        }
        return true
    }

    private func refuse(_ address: AgentAddress, _ code: Int32) {
        refusals.append((address, code))
        guard refusals.count == 1 else { return }
        eventLoop.assumeIsolated().execute { [weak self] in self?.tellRefusals() }
    }

    private func tellRefusals() {
        let refusals = refusals
        self.refusals = []
        for (address, code) in refusals where !isClosed {
            let reason = SystemCallError(code: code).text
            onRefusal(address, "\(AddressFormatter.endpoint(address.socketAddress)): \(reason)")
        }
    }

    /// The future is done when all are closed.
    func close() -> EventLoopFuture<Void> {
        isClosed = true
        (ipv4, ipv6) = (nil, nil)
        defer { watch = nil }
        return watch?.close() ?? eventLoop.makeSucceededVoidFuture()
    }
}
