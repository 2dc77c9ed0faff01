import Foundation
import Glibc
import TestAgents

@testable import Hub

/// net-snmp's agent on ports of its own, for IPv4 and IPv6, with fixed objects.
final class Snmpd: Sendable {
    let port: Int
    private let process: pid_t
    private let log: CInt
    private let folder: URL

    /// Objects that every such agent has.
    static let objects = [
        "override .1.3.6.1.4.1.1182.2.1.4.0 uinteger 24", "override .1.3.6.1.4.1.1182.2.1.5.0 uinteger 3",
        "override .1.3.6.1.4.1.1182.2.1.15.0 integer 46",
        "override .1.3.6.1.4.1.1182.2.2.3.0 octet_str \"RTX1200 Rev.10.01.71\"",
    ]

    /// `lines` are added to its configuration; it is ready when this returns.
    init(_ lines: String = "") throws {
        port = try unusedPort()
        folder = FileManager.default.temporaryDirectory.appending(path: "snmpd-\(UUID().uuidString)")
        let options = SnmpdCommand.Options(lines: Self.objects + [lines])
        let command = try SnmpdCommand(options, port: UInt16(port), in: folder)
        (process, log) = try Self.start(command)
        try awaitStart()
    }

    /// The program, with its standard error at the reading end of a pipe.
    ///
    /// Not by Foundation: snmpd closes the descriptor by which that learns of a program's end.
    private static func start(_ command: SnmpdCommand) throws -> (pid_t, CInt) {
        var ends: [CInt] = [0, 0]
        guard pipe(&ends) == 0 else { throw StartError("pipe: \(errno)") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[1]) }
        Orphans.willStart()
        let arguments = [SnmpdCommand.program] + command.arguments
        let process = Result { try spawn(arguments, environment: command.environment, streams: [2: ends[1]]) }
        Orphans.didStart(try? process.get())
        return (try process.get(), ends[0])
    }

    /// Reads its log up to the line that it writes when it is ready; the little that follows fits into the pipe.
    private func awaitStart() throws {
        var text = ""
        var buffer = [UInt8](repeating: 0, count: 4096)
        while !text.contains(SnmpdCommand.isReady) {
            let count = read(log, &buffer, buffer.count)
            guard count > 0 else { throw StartError("snmpd has ended: \(text)") }
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
