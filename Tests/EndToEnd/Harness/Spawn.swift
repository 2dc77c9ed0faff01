import Glibc
import Synchronization

/// A started process and the test's ends of its standard streams.
struct Child {
    let pid: pid_t
    let input: Int32
    let output: Int32
    let errors: Int32
}

/// Held from the making of a pipe to the start of the process: in between, another test's child would inherit its ends
/// and keep them open.
private let spawning = Mutex(())

/// Starts a process, looked up on the PATH when its name holds no slash.
func spawn(_ command: [String], environment: [String: String]) throws -> Child {
    try spawning.withLock { _ in
        let (input, output, errors) = try (makePipe(), makePipe(), makePipe())
        let theirs = [input.reader, output.writer, errors.writer]
        defer { for descriptor in theirs { close(descriptor) } }
        let pid = try spawn(command, environment: environment, streams: theirs)
        return Child(pid: pid, input: input.writer, output: output.reader, errors: errors.reader)
    }
}

private func makePipe() throws -> (reader: Int32, writer: Int32) {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else {
        throw HarnessError(description: "pipe: \(String(cString: strerror(errno)))")
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
}

private func spawn(_ command: [String], environment: [String: String], streams: [Int32]) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (number, descriptor) in streams.enumerated() {
        posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
    }
    // The threads that run tests block signals, and a child inherits that.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    let arguments = command.map { strdup($0) } + [nil]
    let variables = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { for string in arguments + variables { free(string) } }
    var pid: pid_t = 0
    let code = posix_spawnp(&pid, command[0], &actions, &attributes, arguments, variables)
    guard code == 0 else {
        throw HarnessError(description: "\(command[0]): \(String(cString: strerror(code)))")
    }
    return pid
}
