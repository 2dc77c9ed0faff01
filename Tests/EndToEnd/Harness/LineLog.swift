import Glibc
import Synchronization

/// The lines a program has printed so far on one stream.
final class LineLog: Sendable {
    private let stored = Mutex<[String]>([])

    var lines: [String] { stored.withLock { $0 } }

    /// Reads `descriptor` to its end and closes it; an unfinished last line counts as a line.
    func read(from descriptor: Int32) {
        var unfinished: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { break }
            unfinished += buffer[..<count]
            while let end = unfinished.firstIndex(of: UInt8(ascii: "\n")) {
                append(unfinished[..<end])
                unfinished.removeSubrange(...end)
            }
        }
        if !unfinished.isEmpty { append(unfinished[...]) }
        close(descriptor)
    }

    private func append(_ line: ArraySlice<UInt8>) {
        stored.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
    }
}
