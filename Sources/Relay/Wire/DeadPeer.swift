import Glibc
import NIOCore

/// Lets the kernel notice that the other end of a TCP connection is gone (tcp(7)).
enum DeadPeer {
    /// Linux's number for `TCP_USER_TIMEOUT`, which Glibc's module does not have everywhere.
    private static let userTimeout: CInt = 18

    /// Probes an idle connection so that it ends after `limit` without an answer, and gives sent data half of it.
    static func watch(_ channel: any Channel, within limit: TimeAmount) throws {
        guard channel.remoteAddress?.port != nil || channel.localAddress?.port != nil,
            let options = channel.syncOptions
        else { return }
        let seconds = max(2, limit.nanoseconds / 1_000_000_000)
        let interval = max(1, seconds / 6)
        try options.setOption(.socketOption(.so_keepalive), value: 1)
        try options.setOption(.tcpOption(.tcp_nodelay), value: 1)
        for (name, value) in [
            (CInt(TCP_KEEPIDLE), seconds - 3 * interval), (CInt(TCP_KEEPINTVL), interval), (CInt(TCP_KEEPCNT), 3),
            (userTimeout, max(1, seconds / 2) * 1_000),
        ] {
            let option = ChannelOptions.Types.SocketOption(
                level: .tcp,
                name: NIOBSDSocket.Option(rawValue: name)
            )
            try options.setOption(option, value: SocketOptionValue(max(1, value)))
        }
    }
}
