import Glibc

/// Reads whole files into a buffer that is kept between reads.
struct FileReader {
    /// procfs and sysfs files, the bulk of all reads, fit.
    static let initialSize = 64 << 10

    private var buffer = [UInt8](repeating: 0, count: initialSize)

    /// Calls `body` with the content of the file.
    ///
    /// Reads to the end, since procfs may answer in parts, each of which the kernel may take long for; `mustStop` is asked
    /// before each.
    mutating func read<Result>(
        _ file: borrowing Descriptor,
        path: String,
        limit: Int,
        until mustStop: () -> Bool = { false },
        body: (UnsafeRawBufferPointer) -> Result
    ) throws(FileError) -> Result {
        var count = 0
        while true {
            if mustStop() { throw .stopped }
            if count == buffer.count {
                guard count <= limit else { throw .tooLarge(path: path, limit: limit) }
                buffer.append(contentsOf: repeatElement(0, count: buffer.count))
            }
            let part = buffer.withUnsafeMutableBytes { bytes in
                Glibc.read(file.number, bytes.baseAddress.map { $0 + count }, bytes.count - count)
            }
            if part < 0, errno == EINTR { continue }
            guard part >= 0 else { throw .system(path: path, code: errno) }
            if part == 0 { break }
            count += part
            guard count <= limit else { throw .tooLarge(path: path, limit: limit) }
        }
        defer { shrink() }
        return buffer.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }

    private mutating func shrink() {
        guard buffer.count > Self.initialSize else { return }
        buffer = [UInt8](repeating: 0, count: Self.initialSize)
    }
}
