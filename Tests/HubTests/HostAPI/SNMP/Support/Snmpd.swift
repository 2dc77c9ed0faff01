import Foundation
import Glibc

@testable import Hub

/// net-snmp's agent on ports of its own, for IPv4 and IPv6, with fixed objects.
final class Snmpd: Sendable {
    let port: Int
    private let process: pid_t
    private let log: CInt
    private let folder: URL

    /// Objects that every such agent has.
    static let objects = """
        override .1.3.6.1.4.1.1182.2.1.4.0 uinteger 24
        override .1.3.6.1.4.1.1182.2.1.5.0 uinteger 3
        override .1.3.6.1.4.1.1182.2.1.15.0 integer 46
        override .1.3.6.1.4.1.1182.2.2.3.0 octet_str "RTX1200 Rev.10.01.71"
        """

    /// `lines` are added to its configuration; it is ready when this returns.
    init(_ lines: String = "") throws {
        port = try unusedPort()
        folder = FileManager.default.temporaryDirectory.appending(path: "snmpd-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appending(path: "snmpd.conf")
        // A line in the log for every request would fill the pipe.
        try "dontLogTCPWrappersConnects yes\nrocommunity public\nrocommunity6 public\n\(Self.objects)\n\(lines)\n"
            .write(to: file, atomically: true, encoding: .utf8)
        (process, log) = try Self.start(
            [
                "/usr/sbin/snmpd", "-f", "-Le", "-r", "-C", "-c", file.path, "-p", folder.appending(path: "pid").path,
                "udp:127.0.0.1:\(port),udp6:[::1]:\(port)",
            ],
            environment: ["SNMP_PERSISTENT_DIR": folder.path, "MIBS": ""]
        )
        try awaitStart()
    }

    /// The program, with its standard error at the reading end of a pipe.
    ///
    /// Not by Foundation: snmpd closes the descriptor by which that learns of a program's end.
    private static func start(_ command: [String], environment: [String: String]) throws -> (pid_t, CInt) {
        var ends: [CInt] = [0, 0]
        guard pipe(&ends) == 0 else { throw SnmpdError(text: "pipe: \(errno)") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[1]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
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
        Orphans.willStart()
        let code = posix_spawn(&process, command[0], &actions, &attributes, arguments, variables)
        Orphans.didStart(code == 0 ? process : nil)
        guard code == 0 else { throw SnmpdError(text: "\(command[0]): error \(code)") }
        return (process, ends[0])
    }

    /// Reads its log up to the line that it writes when it is ready; the little that follows fits into the pipe.
    private func awaitStart() throws {
        var text = ""
        var buffer = [UInt8](repeating: 0, count: 4096)
        while !text.contains("NET-SNMP version") {
            let count = read(log, &buffer, buffer.count)
            guard count > 0 else { throw SnmpdError(text: "snmpd has ended: \(text)") }
            text += String(decoding: buffer[..<count], as: UTF8.self)
        }
    }

    deinit {
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
        Orphans.didEnd(process)
        close(log)
        try? FileManager.default.removeItem(at: folder)
    }
}

struct SnmpdError: Error {
    let text: String
}
