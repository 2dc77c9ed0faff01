import Glibc

/// Reads small regular files whole.
enum BoundedFile {
    /// The content of a regular file of at most `maximum` bytes.
    ///
    /// The error names the cause but not the path. Never blocks on a FIFO or device: they are refused.
    static func read(_ path: String, maximum: Int) throws(ConfigurationError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw failure(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw ConfigurationError("is not a regular file") }
        return try drain(descriptor, maximum: maximum)
    }

    /// Reads to the end rather than to `st_size`, which is 0 for files in `/proc`.
    private static func drain(_ descriptor: Int32, maximum: Int) throws(ConfigurationError) -> [UInt8] {
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw failure(errno)
            }
            if count == 0 { return content }
            content += chunk[..<count]
            guard content.count <= maximum else {
                throw ConfigurationError("is larger than \(ConfigurationText.format(bytes: maximum))")
            }
        }
    }

    private static func failure(_ code: Int32) -> ConfigurationError {
        let reason = strerror(code).map { String(cString: $0).lowercased() } ?? "error \(code)"
        return ConfigurationError("cannot be read: \(reason)")
    }
}
