import Glibc

/// Finds the plugins that came with the program.
enum ShippedPlugins {
    /// The first of: beside the program, where packages put data, and the current folder.
    static func directory() throws -> String {
        var candidates = ["plugins"]
        if let program = programFolder() {
            candidates = [
                "\(program)/plugins", "\(program)/../share/exporter-hub/plugins", "plugins",
            ]
        }
        guard let found = candidates.first(where: isDirectory) else {
            throw CommandError("no plugins found in \(candidates.joined(separator: ", ")); use --plugins")
        }
        return found
    }

    private static func programFolder() -> String? {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = buffer.count
        let length = buffer.withUnsafeMutableBytes { bytes in
            bytes.baseAddress.map { readlink("/proc/self/exe", $0.assumingMemoryBound(to: CChar.self), count) } ?? -1
        }
        guard length > 0 else { return nil }
        let path = String(decoding: buffer[..<length], as: UTF8.self)
        return path.lastIndex(of: "/").map { String(path[..<$0]) }
    }
}
