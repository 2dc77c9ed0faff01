import CLinux
import Glibc
import LuaSandbox

/// `fs`: files that `needs.files` grants.
enum FileSystemAPI {
    /// Entries of one folder.
    static let entryLimit = 100_000

    static let functions: [(name: String, function: HostFunction)] = [
        ("exists", exists), ("list", list), ("read", read), ("readlink", readlink), ("stat", stat), ("statfs", statfs),
    ]

    private static let read: HostFunction = { state in
        answer(state, "read") { call, path, instance throws(FileError) in
            let isLimited = call.count >= 2 && call.type(2) != .nil
            let wanted = isLimited ? call.integer(2) : .max
            guard let wanted, wanted >= 0 else {
                return call.fail("fs.read: max must be an integer of 0 or more, got \(call.describe(2))")
            }
            let limit = min(wanted, instance.limits.fileSize)
            let file = try FileOpener.openFile(path, &instance.grants)
            return try instance.reader.read(file, path: path, limit: limit, until: { call.mustStop }) { bytes in
                call.answer(bytes: bytes)
            }
        }
    }

    private static let list: HostFunction = { state in
        answer(state, "list") { call, path, instance throws(FileError) in
            let folder = try FileOpener.openFolder(path, &instance.grants)
            let names = try entries(folder, path)
            var plan = Plan()
            plan.beginTable(items: names.count)
            for (index, name) in names.enumerated() {
                plan.push(name)
                plan.item(index + 1)
            }
            return call.answer(plan)
        }
    }

    private static let stat: HostFunction = { state in
        answer(state, "stat") { call, path, instance throws(FileError) in
            let handle = try FileOpener.openHandle(path, follow: follows(call), &instance.grants)
            var status = Glibc.stat()
            guard fstat(handle.number, &status) == 0 else { throw .system(path: path, code: errno) }
            var plan = Plan()
            FileStatus.push(status, to: &plan)
            return call.answer(plan)
        }
    }

    private static let exists: HostFunction = { state in
        answer(state, "exists") { call, path, instance throws(FileError) in
            do throws(FileError) {
                _ = try FileOpener.openHandle(path, follow: true, &instance.grants)
                return call.answer(true)
            } catch {
                guard case .system = error else { throw error }
                return call.answer(false)
            }
        }
    }

    private static let readlink: HostFunction = { state in
        answer(state, "readlink") { call, path, instance throws(FileError) in
            let handle = try FileOpener.openHandle(path, follow: false, &instance.grants)
            var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
            let count = buffer.count
            let length = buffer.withUnsafeMutableBytes { bytes in
                bytes.baseAddress.map { start in
                    readlinkat(handle.number, "", start.assumingMemoryBound(to: CChar.self), count)
                } ?? -1
            }
            guard length >= 0 else { throw .system(path: path, code: errno) }
            return buffer.withUnsafeBytes { call.answer(bytes: UnsafeRawBufferPointer(rebasing: $0[..<length])) }
        }
    }

    /// Runs off the plugin's thread: on a dead network mount the call hangs in the kernel, and only this coroutine waits.
    private static let statfs: HostFunction = { state in
        answer(state, "statfs") { call, path, instance throws(FileError) in
            guard let clean = FileGrants.clean(path) else { throw .notAbsolute(path) }
            guard instance.grants.mounts || instance.grants.permits(FileGrants.canonical(clean)) else {
                throw .notGranted(path)
            }
            return instance.block(call, "fs.statfs") { MountStatistics.read(clean) }
        }
    }

    private static func follows(_ call: HostCall) -> Bool {
        var reader = LuaValueReader(call)
        guard call.type(2) == .table, let options = try? reader.read(2) else { return true }
        return options["follow"] != .boolean(false)
    }

    /// Runs one function of a path; failures of the file system are answered, misuse is raised.
    private static func answer(
        _ state: OpaquePointer?,
        _ name: String,
        body: (HostCall, String, PluginInstance) throws(FileError) -> Int32
    ) -> Int32 {
        guard let call = HostCall(state), let instance = call.owner(as: PluginInstance.self) else { return 0 }
        guard let path = call.string(1) else { return call.badArgument(1, to: "fs.\(name)", expected: "string") }
        do throws(FileError) {
            return try body(call, path, instance)
        } catch {
            return error.isMisuse ? call.fail("fs.\(name): \(error.text)") : call.answer(failure: error.text)
        }
    }

    private static func entries(_ folder: borrowing Descriptor, _ path: String) throws(FileError) -> [String] {
        let copy = fcntl(folder.number, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw .system(path: path, code: errno) }
        guard let stream = fdopendir(copy) else {
            let code = errno
            close(copy)
            throw .system(path: path, code: code)
        }
        defer { closedir(stream) }
        guard let names = entryNames(stream, limit: entryLimit) else {
            throw .tooLarge(path: path, limit: entryLimit)
        }
        return names
    }
}
