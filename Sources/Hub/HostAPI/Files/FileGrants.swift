import Glibc

/// The files a plugin may touch.
struct FileGrants: Sendable {
    /// Decisions that are remembered, since most plugins read the same files in every run.
    static let cacheLimit = 4096

    private let declared: [PathPattern]
    /// What hub.yml narrows the declaration to; nil does not narrow.
    private let allowed: [PathPattern]?
    /// Whether `fs.statfs` may look at any mount point.
    let mounts: Bool
    private var decisions: [String: Bool] = [:]

    init(declared: [PathPattern], allowed: [PathPattern]?, mounts: Bool) {
        self.declared = declared
        self.allowed = allowed
        self.mounts = mounts
    }

    /// Whether a clean path is granted.
    mutating func permits(_ path: String) -> Bool {
        if let known = decisions[path] { return known }
        if decisions.count >= Self.cacheLimit { decisions.removeAll(keepingCapacity: true) }
        let isGranted =
            !Self.isWithheld(path) && declared.contains { $0.matches(path) }
            && (allowed?.contains { $0.matches(path) } ?? true)
        decisions[path] = isGranted
        return isGranted
    }

    /// The hub's own environment and memory hold secrets; no pattern grants them.
    private static func isWithheld(_ path: String) -> Bool {
        let own = "/proc/self/"
        guard path.hasPrefix(own) else { return false }
        let first = path.dropFirst(own.count).prefix { $0 != "/" }
        return ["environ", "mem", "auxv", "maps", "smaps", "fd", "fdinfo", "map_files", "task", "cmdline"].contains(first)
    }

    /// A clean form of an absolute path: no doubled slashes, no `.`; nil when it is relative, leads upwards or has a NUL.
    static func clean(_ path: String) -> String? {
        guard path.utf8.first == UInt8(ascii: "/"), !path.utf8.contains(0) else { return nil }
        if isClean(path) { return path }
        var result = ""
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { return nil }
            result += "/" + part
        }
        return result.isEmpty ? "/" : result
    }

    /// Whether no component is empty, `.` or `..`: the ordinary case, decided without a copy.
    private static func isClean(_ path: String) -> Bool {
        var previous = UInt8(ascii: "x")
        var isFirst = true
        for byte in path.utf8 {
            if previous == UInt8(ascii: "/"), byte == UInt8(ascii: "/") || byte == UInt8(ascii: ".") { return false }
            if isFirst { isFirst = false }
            previous = byte
        }
        return path.utf8.count == 1 || previous != UInt8(ascii: "/")
    }

    /// The path that grants speak of: the hub's own process is `/proc/self`.
    static func canonical(_ path: String) -> String {
        let own = "/proc/\(getpid())/"
        return path.hasPrefix(own) ? "/proc/self/" + path.dropFirst(own.count) : path
    }
}
