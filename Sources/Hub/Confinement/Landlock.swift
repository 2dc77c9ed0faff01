import CLinux
import Glibc

/// Rules of the kernel about what a thread, and every thread it starts, may do with files; they are never taken back.
///
/// See landlock(7). It holds whatever runs in the process, also code that is not ours.
struct Landlock: ~Copyable {
    /// The kinds of access that rules speak of; the values are the kernel's.
    struct Access: OptionSet {
        let rawValue: UInt64

        static let execute = Access(rawValue: 1 << 0)
        static let writeFile = Access(rawValue: 1 << 1)
        static let readFile = Access(rawValue: 1 << 2)
        static let readFolder = Access(rawValue: 1 << 3)
        /// Remove, make and rename anything in a folder.
        static let change = Access(rawValue: 0x3FF0)
        /// Since version 3.
        static let truncate = Access(rawValue: 1 << 14)

        static let read: Access = [.execute, .readFile, .readFolder]
        /// What can be said of a file that is no folder.
        static let ofFiles: Access = [.execute, .writeFile, .readFile, .truncate]

        /// Everything that changes a file system, as far as a kernel knows it.
        static func write(version: Int) -> Access {
            switch version {
            case 1: Access([.writeFile, .change]).subtracting(Access(rawValue: 1 << 13))
            case 2: [.writeFile, .change]
            default: [.writeFile, .change, .truncate]
            }
        }
    }

    /// 0 where the kernel has no Landlock.
    static let version = Int(clinux_landlock_version())

    private let rules: Int32
    private let access: Access

    /// Rules that deny this access everywhere; nil where the kernel has none.
    init?(denying access: Access) {
        let rules = clinux_landlock_create(access.rawValue)
        guard rules >= 0 else { return nil }
        self.rules = rules
        self.access = access
    }

    deinit { close(rules) }

    /// Allows it below a path, or at it when it is no folder; a path that does not exist is passed over.
    func allow(below path: String) {
        let descriptor = clinux_open(path, clinux_o_path() | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return }
        let isFolder = status.st_mode & S_IFMT == S_IFDIR
        let granted = isFolder ? access : access.intersection(.ofFiles)
        _ = clinux_landlock_allow(rules, descriptor, granted.rawValue)
    }

    /// Makes them hold for this thread; false when the kernel refuses.
    consuming func enforce() -> Bool { clinux_landlock_restrict(rules) == 0 }
}
