import Glibc
import NIOCore

/// Spells addresses for logs, errors and pages.
enum AddressFormatter {
    /// The address without its port: `1.2.3.4`, `2001:db8::7`, `fe80::1%eth0`, `unix`.
    ///
    /// An IPv4 address mapped into IPv6 (`::ffff:1.2.3.4`), as a dual-stack socket from systemd reports it, is
    /// spelled as the IPv4 address it is.
    static func host(_ address: SocketAddress) -> String {
        guard address.port != nil else { return "unix" }
        let text = numericHost(address)
        return text.hasPrefix("::ffff:") && text.contains(".") ? String(text.dropFirst(7)) : text
    }

    /// `1.2.3.4:10100`, `[2001:db8::7]:10100`, `unix:/run/hub.sock`.
    static func endpoint(_ address: SocketAddress) -> String {
        guard let port = address.port else { return "unix:\(address.pathname ?? "")" }
        let host = host(address)
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// `http://127.0.0.1:10100`; a zone is escaped (RFC 6874); a socket file has no URL and keeps `unix:PATH`.
    static func url(_ address: SocketAddress) -> String {
        guard address.port != nil else { return endpoint(address) }
        return "http://" + endpoint(address).split(separator: "%").joined(separator: "%25")
    }

    private static func numericHost(_ address: SocketAddress) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(NI_MAXHOST)) { name in
            guard let base = name.baseAddress else { return "" }
            let status = address.withSockAddr {
                getnameinfo($0, socklen_t($1), base, socklen_t(NI_MAXHOST), nil, 0, NI_NUMERICHOST)
            }
            return status == 0 ? String(cString: base) : address.ipAddress ?? ""
        }
    }
}
