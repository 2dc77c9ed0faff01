import Glibc
import SNMP

/// A UDP socket for all agents of a family of addresses.
///
/// Not one of NIO's: they end when the network reports a host that cannot be reached, though it is one of thousands.
final class AgentSocket {
    /// What the network has told about a datagram that was sent.
    struct Notice {
        /// Where it was sent to.
        let address: AgentAddress
        let code: Int32
        /// Whether nobody is going to answer there; else it may pass (RFC 1122 §3.2.2.1).
        let isFinal: Bool
    }

    /// What `receive` had.
    enum Received {
        case datagram([UInt8], AgentAddress)
        /// An error of an earlier datagram, of which a notice tells more.
        case error
        case nothing
    }

    /// Bytes that the kernel is asked to keep for a thread that is busy; it may give less.
    static let buffer = 4 << 20

    let descriptor: Int32
    private let isIPv6: Bool

    private init(_ descriptor: Int32, isIPv6: Bool) {
        self.descriptor = descriptor
        self.isIPv6 = isIPv6
    }

    deinit { close(descriptor) }

    /// Opens a socket at a port that the system chooses; fails with an errno.
    static func open(isIPv6: Bool) -> Result<AgentSocket, SystemCallError> {
        let kind = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = Glibc.socket(isIPv6 ? AF_INET6 : AF_INET, kind, 0)
        guard descriptor >= 0 else { return .failure(SystemCallError(code: errno)) }
        let socket = AgentSocket(descriptor, isIPv6: isIPv6)
        socket.set(SOL_SOCKET, SO_RCVBUF, Int32(buffer))
        if isIPv6 { socket.set(Int32(IPPROTO_IPV6), IPV6_V6ONLY, 1) }
        let (level, option) = socket.noticeOption
        socket.set(level, option, 1)
        let any = isIPv6 ? AgentAddress(ipv6: (0, 0), scope: 0, port: 0) : AgentAddress(ipv4: 0, port: 0)
        guard any.withSocketAddress({ bind(descriptor, $0, $1) }) == 0 else {
            return .failure(SystemCallError(code: errno))
        }
        return .success(socket)
    }

    /// `IP_RECVERR` and `IPV6_RECVERR` of `linux/in.h` and `linux/in6.h`, see ip(7).
    private var noticeOption: (level: Int32, name: Int32) {
        isIPv6 ? (Int32(IPPROTO_IPV6), 25) : (Int32(IPPROTO_IP), 11)
    }

    private func set(_ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Sends a datagram; 0, or what the system says of this one or of an earlier one.
    func send(_ bytes: [UInt8], to address: AgentAddress) -> Int32 {
        let size = address.withSocketAddress { sendto(descriptor, bytes, bytes.count, 0, $0, $1) }
        return size < 0 ? errno : 0
    }

    /// Takes the next datagram, by way of `buffer`, which should have room for the longest.
    func receive(_ buffer: UnsafeMutableRawBufferPointer) -> Received {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let size = withUnsafeMutableBytes(of: &address) { address in
            recvfrom(
                descriptor,
                buffer.baseAddress,
                buffer.count,
                0,
                address.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                &length
            )
        }
        guard size >= 0 else { return errno == EAGAIN ? .nothing : .error }
        guard let sender = withUnsafeBytes(of: &address, { AgentAddress(socketAddress: $0) }) else { return .error }
        return .datagram(Array(buffer[..<size]), sender)
    }

    /// Takes the next notice; nil when there is none.
    func takeNotice() -> Notice? {
        /// `MSG_ERRQUEUE` of `linux/socket.h`.
        let fromErrorQueue: Int32 = 0x2000
        var address = sockaddr_storage()
        // Room for `struct sock_extended_err`, the address that follows it, and other kinds.
        var control = [UInt64](repeating: 0, count: 64)
        let size = withUnsafeMutableBytes(of: &address) { address in
            control.withUnsafeMutableBytes { control in
                var message = msghdr()
                message.msg_name = address.baseAddress
                message.msg_namelen = socklen_t(address.count)
                message.msg_control = control.baseAddress
                message.msg_controllen = control.count
                return recvmsg(descriptor, &message, fromErrorQueue)
            }
        }
        guard size >= 0, let peer = withUnsafeBytes(of: &address, { AgentAddress(socketAddress: $0) }) else {
            return nil
        }
        return control.withUnsafeBytes { notice(of: peer, $0) }
    }

    /// Reads a `struct sock_extended_err` behind its `struct cmsghdr`, see ip(7) and cmsg(3).
    private func notice(of peer: AgentAddress, _ control: UnsafeRawBufferPointer) -> Notice? {
        let header = MemoryLayout<cmsghdr>.size
        let (level, option) = noticeOption
        guard control.load(as: cmsghdr.self).cmsg_level == level, control.load(as: cmsghdr.self).cmsg_type == option
        else { return nil }
        let code = control.load(fromByteOffset: header, as: UInt32.self)
        let isFinal = Self.isFinal(origin: control[header + 4], type: control[header + 5], code: control[header + 6])
        return Notice(address: peer, code: Int32(truncatingIfNeeded: code), isFinal: isFinal)
    }

    /// By `SO_EE_ORIGIN_ICMP` and `SO_EE_ORIGIN_ICMP6`, and what they tell: RFC 1122 §3.2.2.1, RFC 1812 §5.2.7.1, RFC 4443 §3.1.
    ///
    /// As the kernel decides for connected sockets: a missing port and what is forbidden, but not a host or a network that
    /// cannot be reached now.
    private static func isFinal(origin: UInt8, type: UInt8, code: UInt8) -> Bool {
        switch (origin, type) {
        case (2, 3): [2, 3, 6, 7, 8, 9, 10, 13, 14, 15].contains(code)
        case (3, 1): [1, 4, 5, 6].contains(code)
        default: false
        }
    }
}

/// The number of a failed system call.
struct SystemCallError: Error {
    let code: Int32

    var text: String { String(cString: strerror(code)).lowercased() }
}
