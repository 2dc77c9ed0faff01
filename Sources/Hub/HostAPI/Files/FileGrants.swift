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
    var declaredTexts: [String] { declared.map(\.text) }
    var allowedTexts: [String]? { allowed?.map(\.text) }
    /// All patterns that can grant something.
    var patterns: [PathPattern] { allowed ?? declared }
    private var decisions: [String: Bool] = [:]

    init(declared: [PathPattern], allowed: [PathPattern]?, mounts: Bool) {
        self.declared = declared
        self.allowed = allowed
        self.mounts = mounts
    }

    /// Whether the file that a clean path names is granted, under whichever name.
    ///
    /// Numbers of processes come and go, so only other paths are looked up as they are.
    mutating func permitsFile(_ clean: String) -> Bool {
        let isOfProcess = clean.hasPrefix("/proc/") && clean.utf8.dropFirst(6).first.map { $0 &- 0x30 < 10 } ?? false
        if !isOfProcess, let known = decisions[clean] { return known }
        return permits(Self.canonical(clean))
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

    /// What a process keeps in its environment and memory may be a secret; no pattern grants that, wherever procfs is
    /// mounted.
    ///
    /// Of the hub's own process more is withheld: its command line can hold settings.
    private static func isWithheld(_ path: String) -> Bool {
        let parts = path.utf8.split(separator: slash).map(Substring.init)
        for (position, part) in parts.enumerated() where foreign.contains(part) && position > 0 {
            let parent = parts[position - 1]
            if parent == "self" || parent == "thread-self" || isNumber(parent) { return true }
        }
        return parts.count > 2 && parts[0] == "proc" && parts[1] == "self" && own.contains(parts[2])
    }

    private static let slash = UInt8(ascii: "/")
    private static let foreign: Set<Substring> = ["auxv", "environ", "map_files", "mem"]
    private static let own: Set<Substring> = ["cmdline", "fd", "fdinfo", "maps", "smaps", "task"]

    private static func isNumber(_ text: Substring) -> Bool {
        text.utf8.allSatisfy { $0 &- UInt8(ascii: "0") < 10 }
    }

    /// A clean form of an absolute path: no doubled slashes, no `.`; nil when it is relative, leads upwards or has a NUL.
    ///
    /// Works on bytes as the kernel does: as characters, a slash and a combining mark would be one.
    static func clean(_ path: String) -> String? {
        guard path.utf8.first == slash, !path.utf8.contains(0) else { return nil }
        if isClean(path) { return path }
        var result: [UInt8] = []
        for part in path.utf8.split(separator: slash) where !part.elementsEqual(".".utf8) {
            if part.elementsEqual("..".utf8) { return nil }
            result.append(slash)
            result.append(contentsOf: part)
        }
        return result.isEmpty ? "/" : String(decoding: result, as: UTF8.self)
    }

    /// Whether no component is empty or begins with a dot: the ordinary case, decided without a copy.
    private static func isClean(_ path: String) -> Bool {
        var previous = UInt8(ascii: "x")
        for byte in path.utf8 {
            if previous == slash, byte == slash || byte == UInt8(ascii: ".") { return false }
            previous = byte
        }
        return path.utf8.count == 1 || previous != slash
    }

    /// The path that grants speak of: the hub's own process, and each of its threads, is `/proc/self`.
    static func canonical(_ path: String) -> String {
        guard path.hasPrefix("/proc/") else { return path }
        let parts = path.utf8.split(separator: slash, maxSplits: 2)
        guard parts.count == 3, parts[0].elementsEqual("proc".utf8) else { return path }
        let process = Substring(parts[1])
        guard process == "thread-self" || isNumber(process) && isOwn(process) else { return path }
        return "/proc/self/" + Substring(parts[2])
    }

    /// Whether a process or thread number is the hub's; every thread is in `/proc`, though it is not listed there.
    private static func isOwn(_ number: Substring) -> Bool {
        Int32(number) == getpid() || access("/proc/self/task/\(number)", F_OK) == 0
    }
}
