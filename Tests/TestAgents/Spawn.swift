package import Glibc

/// Why a program could not be started, or did not get ready.
package struct StartError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// Starts a process, looked up on the PATH when its name holds no slash, with signals as a shell starts it.
///
/// `streams` are descriptors by the number that they have for the process.
package func spawn(_ command: [String], environment: [String: String], streams: [Int32: Int32]) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (theirs, ours) in streams.sorted(by: { $0.key < $1.key }) {
        posix_spawn_file_actions_adddup2(&actions, ours, theirs)
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
    var process: pid_t = 0
    let code = posix_spawnp(&process, command[0], &actions, &attributes, arguments, variables)
    guard code == 0 else { throw StartError("\(command[0]): \(String(cString: strerror(code)))") }
    return process
}
