import Foundation

/// A mounted file system whose file `value` hangs in the kernel on read, until it is released.
struct BlockingFileSystem {
    let mountPoint: String
    private let program: Program

    /// Mounts it below the workspace, blocked, and unmounts it after `body`.
    static func mounted<Value>(
        in workspace: Workspace,
        _ body: (BlockingFileSystem) async throws -> Value
    ) async throws -> Value {
        let mountPoint = workspace.folder.appending(path: "mount").path
        try FileManager.default.createDirectory(atPath: mountPoint, withIntermediateDirectories: true)
        let script = Workspace.checkout.appending(path: "Tests/peers/blocking_fs.py").path
        let program = try Program(Workspace.python, [script, mountPoint])
        let fileSystem = BlockingFileSystem(mountPoint: mountPoint, program: program)
        do {
            try await wait(until: "the blocking file system is mounted") {
                if program.end != nil {
                    throw HarnessError(description: program.errors.lines.joined(separator: "\n"))
                }
                return program.output.lines.contains("mounted")
            }
            let value = try await body(fileSystem)
            try await fileSystem.unmount()
            return value
        } catch {
            try await fileSystem.unmount()
            throw error
        }
    }

    /// Reads that have arrived so far.
    var reads: Int { program.output.lines.count { $0 == "reading" } }

    /// Lets all reads, waiting and to come, answer 42.
    func release() { program.say("release") }

    private func unmount() async throws {
        release()
        _ = try await run("fusermount3", ["-u", "-z", mountPoint])
        await program.stop()
    }
}
