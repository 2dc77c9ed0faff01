import Glibc
import NIOCore

/// Listening on a socket file.
enum UnixSocket {
    /// Bytes of a path that fit into `sockaddr_un` with its closing zero (unix(7)).
    static let longestPath = 107

    /// Binds `path` with the permission bits `mode` and listens.
    ///
    /// A file left behind by a program that is gone is replaced; one that somebody answers on, or that is no
    /// socket, is an address in use.
    static func listen(path: String, mode: UInt32) throws(SocketError) -> ListeningSocket {
        guard let address = try? SocketAddress(unixDomainSocketPath: path) else {
            throw SocketError(code: ENAMETOOLONG)
        }
        let descriptor = try DescriptorCalls.streamSocket(AF_UNIX)
        do throws(SocketError) {
            try removeStaleFile(path, address: address)
            // Linux takes the new file's permissions from the socket's own, so there is no moment in which others
            // may connect; chmod then gives back what the umask took.
            guard fchmod(descriptor, mode) == 0 else { throw .last }
            try DescriptorCalls.bind(descriptor, to: address)
            guard chmod(path, mode) == 0 else { throw .last }
            try DescriptorCalls.listen(descriptor)
            return ListeningSocket(descriptor: descriptor, address: address, file: SocketFile(path: path))
        } catch {
            _ = close(descriptor)
            throw error
        }
    }

    private static func removeStaleFile(_ path: String, address: SocketAddress) throws(SocketError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw .addressInUse }
        let probe = try DescriptorCalls.streamSocket(AF_UNIX)
        defer { _ = close(probe) }
        let answer = address.withSockAddr { connect(probe, $0, socklen_t($1)) }
        guard answer != 0, errno == ECONNREFUSED else { throw .addressInUse }
        guard unlink(path) == 0 else { throw .last }
    }
}

/// A socket file of ours, known by its inode so that a successor's file of the same name is left alone.
struct SocketFile: Sendable, Equatable {
    let path: String
    private let device: dev_t
    private let inode: ino_t

    init?(path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        self.path = path
        device = status.st_dev
        inode = status.st_ino
    }

    /// Removes the file if it is still the one that was made.
    func remove() {
        guard SocketFile(path: path) == self else { return }
        _ = unlink(path)
    }
}
