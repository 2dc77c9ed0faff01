import Glibc
import Synchronization
import TestAgents

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
        let streams = Dictionary(uniqueKeysWithValues: theirs.enumerated().map { (Int32($0), $1) })
        let pid = try spawn(command, environment: environment, streams: streams)
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
