import Foundation
import Glibc
import Synchronization

/// A program started by a test: its output as lines, its end as a value.
final class Program: Sendable {
    /// How a program ended.
    struct End {
        /// The exit status, or 128 plus the number of the signal that ended it, as a shell says it.
        let status: Int32
        let time: ContinuousClock.Instant
    }

    let pid: pid_t
    let output = LineLog()
    let errors = LineLog()
    private let input: Int32
    private let stored = Mutex<End?>(nil)
    /// Counts down as each stream is read to its end.
    private let openStreams = Mutex(2)

    /// Starts `path`, looked up on the PATH when it holds no slash, with its standard input held open.
    ///
    /// - Parameters:
    ///   - path: The program.
    ///   - arguments: What follows its name.
    ///   - environment: Added to the environment of the tests.
    /// - Throws: `HarnessError` when it cannot be started.
    init(_ path: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        let child = try spawn(
            [path] + arguments,
            environment: ProcessInfo.processInfo.environment.merging(environment) { $1 }
        )
        (pid, input) = (child.pid, child.input)
        read(output, from: child.output)
        read(errors, from: child.errors)
        Thread.detachNewThread { self.reap() }
    }

    /// The end of the program once it has come and all its output was read.
    var end: End? {
        openStreams.withLock { $0 } == 0 ? stored.withLock { $0 } : nil
    }

    func signal(_ number: Int32) {
        if stored.withLock({ $0 == nil }) { kill(pid, number) }
    }

    /// Writes a line to the program's standard input.
    func say(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        write(input, bytes, bytes.count)
    }

    /// Waits for the end of the program; its standard input stays open.
    func waitForEnd(within limit: Duration = .seconds(30)) async throws -> End {
        try await eventually("end of process \(pid)", within: limit) { end }
    }

    /// Ends the program: by SIGTERM, and by SIGKILL when that takes longer than ten seconds.
    func stop() async {
        signal(SIGTERM)
        if (try? await waitForEnd(within: .seconds(10))) == nil {
            signal(SIGKILL)
            _ = try? await waitForEnd(within: .seconds(10))
        }
        close(input)
    }

    private func read(_ log: LineLog, from descriptor: Int32) {
        Thread.detachNewThread {
            log.read(from: descriptor)
            self.openStreams.withLock { $0 -= 1 }
        }
    }

    private func reap() {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        let signal = status & 0x7f
        stored.withLock { $0 = End(status: signal == 0 ? (status >> 8) & 0xff : 128 + signal, time: .now) }
    }
}

/// Runs a program to its end.
func run(
    _ path: String,
    _ arguments: [String],
    environment: [String: String] = [:],
    within limit: Duration = .seconds(60)
) async throws -> (status: Int32, output: [String], errors: [String]) {
    let program = try Program(path, arguments, environment: environment)
    do {
        let end = try await program.waitForEnd(within: limit)
        await program.stop()
        return (end.status, program.output.lines, program.errors.lines)
    } catch {
        await program.stop()
        throw error
    }
}
