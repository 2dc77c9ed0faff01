import Glibc
import NIOCore

/// The sockets that systemd opened for this program (sd_listen_fds(3)).
struct SocketActivation: Sendable {
    /// The first passed descriptor (`SD_LISTEN_FDS_START`).
    static let firstDescriptor: CInt = 3

    /// The number of descriptors passed to this process.
    let count: Int
    /// Where they begin; only tests differ from `firstDescriptor`.
    let first: CInt

    /// What the environment says.
    static var current: SocketActivation {
        SocketActivation(listenPID: variable("LISTEN_PID"), listenFDs: variable("LISTEN_FDS"), processID: getpid())
    }

    /// - Parameters:
    ///   - listenPID: `LISTEN_PID`; descriptors meant for another process are not ours.
    ///   - listenFDs: `LISTEN_FDS`, their number.
    ///   - processID: This process.
    ///   - first: The first descriptor.
    init(listenPID: String?, listenFDs: String?, processID: pid_t, first: CInt = firstDescriptor) {
        self.first = first
        count = listenPID.flatMap { pid_t($0) } == processID ? max(0, listenFDs.flatMap { Int($0) } ?? 0) : 0
    }

    /// Takes the sockets over.
    ///
    /// They are listening already, with the options of their `.socket` unit.
    func sockets(for entry: ListenAddress) throws(ListenError) -> [ListeningSocket] {
        guard count > 0 else { throw .notActivated(entry: entry.text) }
        var sockets: [ListeningSocket] = []
        for descriptor in first..<first + CInt(clamping: count) {
            do {
                sockets.append(try Self.adopt(descriptor))
            } catch {
                throw .unavailable(entry: entry.text, address: "file descriptor \(descriptor)", reason: error.reason)
            }
        }
        return sockets
    }

    private struct Unusable: Error {
        let reason: String
    }

    private static func adopt(_ descriptor: CInt) throws(Unusable) -> ListeningSocket {
        do {
            let type = try DescriptorCalls.get(descriptor, option: SO_TYPE)
            guard try type == CInt(SOCK_STREAM.rawValue) && DescriptorCalls.get(descriptor, option: SO_ACCEPTCONN) == 1
            else { throw Unusable(reason: "not a listening stream socket") }
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            let address = try DescriptorCalls.localAddress(descriptor)
            return ListeningSocket(descriptor: descriptor, address: address, file: nil)
        } catch let error as SocketError {
            throw Unusable(reason: error.description)
        } catch let error as Unusable {
            throw error
        } catch {
            throw Unusable(reason: "\(error)")
        }
    }

    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}
