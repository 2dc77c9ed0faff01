import CLinux
import Glibc

/// Why a file could not be had.
enum FileError: Error {
    case notAbsolute(String)
    /// `actual` is where the path leads, when that is elsewhere.
    case notGranted(String, actual: String? = nil)
    case wrongType(path: String, found: String)
    case tooLarge(path: String, limit: Int)
    case system(path: String, code: Int32)
    /// The run has to end, which the sandbox says in its own words.
    case stopped

    /// Misuse and missing permission are errors of the plugin; the rest is what a file system may answer.
    var isMisuse: Bool {
        switch self {
        case .notAbsolute, .notGranted, .stopped: true
        case .wrongType, .tooLarge, .system: false
        }
    }

    var text: String {
        switch self {
        case .notAbsolute(let path): "path must be absolute and must not contain \"..\", got \"\(path)\""
        case .notGranted(let path, let actual):
            "file access to \"\(path)\"\(actual.map { " (\"\($0)\")" } ?? "") is not granted"
        case .wrongType(let path, let found): "\(path): is a \(found), not a regular file"
        case .tooLarge(let path, let limit): "\(path): larger than \(limit) bytes"
        case .stopped: "stopped"
        case .system(let path, let code): "\(path): \(String(cString: strerror(code)))"
        }
    }
}

/// An open descriptor that is closed with its owner.
struct Descriptor: ~Copyable {
    let number: Int32

    deinit { close(number) }
}

/// Opens files so that neither symbolic links, nor `..`, nor a rename in between lead to a file that is not granted.
///
/// A path without symbolic links is opened in one system call. Otherwise the path is resolved to a descriptor first,
/// and what the kernel says the descriptor is decides.
enum FileOpener {
    private static let retryFlags = O_CLOEXEC | O_NONBLOCK | O_NOCTTY

    /// Opens a regular file for reading.
    ///
    /// Devices and FIFOs are not touched.
    static func openFile(_ path: String, _ grants: inout FileGrants) throws(FileError) -> Descriptor {
        let clean = try granted(path, &grants)
        // Opening a device can have effects of its own; the kernel's own file systems have none.
        guard clean.hasPrefix("/proc/") || clean.hasPrefix("/sys/") else {
            let handle = try openHandle(clean, &grants, flags: 0)
            try requireRegular(handle.number, clean)
            return try reopen(handle, clean)
        }
        let shortcut = withoutKnownLinks(clean, &grants)
        let direct = clinux_openat2(shortcut, UInt64(O_RDONLY | retryFlags), clinux_no_symlinks())
        if direct >= 0 {
            let file = Descriptor(number: direct)
            try requireRegular(file.number, clean)
            return file
        }
        guard -direct == ELOOP || -direct == ENOSYS else { throw .system(path: clean, code: -direct) }
        let handle = try openHandle(clean, &grants, flags: 0)
        try requireRegular(handle.number, clean)
        return try reopen(handle, clean)
    }

    private static let ownProcess = "/proc/\(getpid())/"

    /// The same file without the two symbolic links in the way of many: `/proc/self`, and `/proc/net` below it.
    private static func withoutKnownLinks(_ clean: String, _ grants: inout FileGrants) -> String {
        if clean.hasPrefix("/proc/self/") { return ownProcess + clean.dropFirst("/proc/self/".count) }
        guard clean.hasPrefix("/proc/net/") else { return clean }
        let rest = clean.dropFirst("/proc/".count)
        return grants.permits("/proc/self/" + rest) ? ownProcess + rest : clean
    }

    /// Opens a folder for listing.
    static func openFolder(_ path: String, _ grants: inout FileGrants) throws(FileError) -> Descriptor {
        let clean = try granted(path, &grants)
        let handle = try openHandle(clean, &grants, flags: O_DIRECTORY)
        let result = clinux_open("/proc/self/fd/\(handle.number)", O_RDONLY | O_DIRECTORY | retryFlags)
        guard result >= 0 else { throw .system(path: clean, code: -result) }
        return Descriptor(number: result)
    }

    /// Opens a handle for `fstat` and `readlinkat`, which reads nothing; `follow` tells whether a last link is followed.
    static func openHandle(
        _ path: String,
        follow: Bool,
        _ grants: inout FileGrants
    ) throws(FileError) -> Descriptor {
        let clean = try granted(path, &grants)
        return try openHandle(clean, &grants, flags: follow ? 0 : O_NOFOLLOW)
    }

    private static func granted(_ path: String, _ grants: inout FileGrants) throws(FileError) -> String {
        // Longer ones cannot be opened, and would stay in memory among the decisions.
        guard path.utf8.count < Int(PATH_MAX) else { throw .system(path: "\(path.prefix(40))...", code: ENAMETOOLONG) }
        guard let clean = FileGrants.clean(path) else { throw .notAbsolute(path) }
        guard grants.permitsFile(clean) else { throw .notGranted(path) }
        return clean
    }

    private static func openHandle(
        _ path: String,
        _ grants: inout FileGrants,
        flags: Int32
    ) throws(FileError) -> Descriptor {
        let handleFlags = clinux_o_path() | O_CLOEXEC | flags
        let direct = clinux_openat2(path, UInt64(handleFlags), clinux_no_symlinks())
        if direct >= 0 { return Descriptor(number: direct) }
        guard -direct == ELOOP || -direct == ENOSYS else { throw .system(path: path, code: -direct) }
        var followed = clinux_openat2(path, UInt64(handleFlags), clinux_no_magiclinks())
        if -followed == ENOSYS { followed = clinux_open(path, handleFlags) }
        guard followed >= 0 else { throw .system(path: path, code: -followed) }
        let handle = Descriptor(number: followed)
        let actual = try actualPath(handle, path)
        guard grants.permits(FileGrants.canonical(actual)) else { throw .notGranted(path, actual: actual) }
        return handle
    }

    /// Where a descriptor is now, as the kernel sees it.
    private static func actualPath(_ handle: borrowing Descriptor, _ path: String) throws(FileError) -> String {
        let link = "/proc/self/fd/\(handle.number)"
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink(link, &buffer, buffer.count)
        guard length > 0, length < buffer.count else {
            throw .system(path: path, code: length < 0 ? errno : ENAMETOOLONG)
        }
        return String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func reopen(_ handle: borrowing Descriptor, _ path: String) throws(FileError) -> Descriptor {
        let result = clinux_open("/proc/self/fd/\(handle.number)", O_RDONLY | retryFlags)
        guard result >= 0 else { throw .system(path: path, code: -result) }
        return Descriptor(number: result)
    }

    private static func requireRegular(_ descriptor: Int32, _ path: String) throws(FileError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(path: path, code: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .wrongType(path: path, found: FileStatus.typeName(status.st_mode))
        }
    }
}
