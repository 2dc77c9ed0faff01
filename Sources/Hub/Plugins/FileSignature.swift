import Glibc

/// What `stat` says of a file; when it is the same, the content is taken to be the same.
struct FileSignature: Sendable, Hashable {
    let path: String
    let size: Int
    let inode: UInt64
    let modified: Int
    let changed: Int

    init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        self.path = path
        size = Int(status.st_size)
        inode = UInt64(status.st_ino)
        modified = Int(status.st_mtim.tv_sec) * 1_000_000_000 + Int(status.st_mtim.tv_nsec)
        changed = Int(status.st_ctim.tv_sec) * 1_000_000_000 + Int(status.st_ctim.tv_nsec)
    }
}

extension FileSignature {
    /// All of it, for where signatures are recorded.
    var text: String { "\(path) \(size) \(inode) \(modified) \(changed)" }

    /// Whether there is anything at a path, a link's target included.
    static func exists(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0
    }
}

/// Names of a folder's entries, sorted, without `.` and `..`; empty when it cannot be read.
func directoryEntries(_ path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    return entryNames(directory) ?? []
}

/// Names of an open folder's entries, sorted, without `.` and `..`; nil when there are more than `limit`.
func entryNames(_ directory: OpaquePointer, limit: Int = .max) -> [String]? {
    var names: [String] = []
    while let entry = readdir(directory) {
        let name = entryName(entry)
        if name == "." || name == ".." { continue }
        guard names.count < limit else { return nil }
        names.append(name)
    }
    return names.sorted()
}

/// The name of a folder's entry, which ends with a NUL and before the end that its type declares.
private func entryName(_ entry: UnsafeMutablePointer<dirent>) -> String {
    let offset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
    return String(cString: UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self))
}

func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}
