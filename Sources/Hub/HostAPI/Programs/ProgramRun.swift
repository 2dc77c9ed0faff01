import CLinux
import Glibc
import LuaSandbox
import NIOCore
import Subprocess
import Synchronization
import SystemPackage

/// One program while it runs, in a process group of its own.
final class ProgramRun: Sendable {
    private enum Ending {
        case cancelled
        case timedOut
        /// Standard output or standard error is longer than it may be.
        case wroteTooMuch
    }

    private struct State {
        /// Until the program has ended.
        var process: pid_t?
        var ending: Ending?
    }

    /// The same wherever the hub was started, and on no file system that might be unmounted.
    static let workingDirectory = "/"

    private let command: ProgramCommand
    private let state = Mutex(State())

    init(_ command: ProgramCommand) { self.command = command }

    /// Starts the program; `completion` is called once on the event loop, when the program and all it started are gone.
    func start(
        _ memory: ProgramMemory,
        on eventLoop: any EventLoop,
        _ completion: @escaping (OperationResult) -> Void
    ) {
        let promise = eventLoop.makePromise(of: OperationResult.self)
        promise.futureResult.assumeIsolated().whenComplete { result in
            completion((try? result.get()) ?? .failure("cannot run \(self.command.path)"))
        }
        var timer: Scheduled<Void>?
        if let timeout = command.timeout {
            timer = eventLoop.scheduleTask(in: TimeAmount(seconds: timeout)) { self.end(.timedOut) }
        }
        // Never cancelled: what the program leaves has to be ended in any case.
        let held = NIOLoopBound(memory, eventLoop: eventLoop)
        Task { [timer] in
            let result = await self.run { count in
                // Read no faster than it is counted.
                try? await eventLoop.submit { held.value.add(count) }.get()
            }
            timer?.cancel()
            promise.succeed(result)
        }
    }

    func cancel() { end(.cancelled) }

    /// Kills the whole group at once; the program is asked for nothing.
    private func end(_ ending: Ending) {
        state.withLock { state in
            state.ending = state.ending ?? ending
            if let process = state.process { kill(-process, SIGKILL) }
        }
    }

    private func started(_ process: pid_t) {
        Orphans.didStart(process)
        state.withLock { state in
            state.process = process
            if state.ending != nil { kill(-process, SIGKILL) }
        }
    }

    /// `count` is told of each piece of output before the next one is read.
    private func run(_ count: @escaping @Sendable (Int) async -> Void) async -> OperationResult {
        guard state.withLock({ $0.ending == nil }) else { return .failure(timeoutText) }
        Orphans.adopt()
        Orphans.willStart()
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = []
        let configuration = Configuration(
            executable: .path(FilePath(command.path)),
            // Raw arguments and variables are taken as C strings, which end with a NUL.
            arguments: Arguments(executablePathOverride: nil, remainingValues: command.arguments.map { $0 + [0] }),
            environment: .custom(command.environment.map { Array("\($0.name)=\($0.value)\0".utf8) }),
            workingDirectory: FilePath(Self.workingDirectory),
            platformOptions: options
        )
        let result: OperationResult
        do {
            let outcome = try await Subprocess.run(
                configuration,
                input: .fileDescriptor(try inputFile(), closeAfterSpawningProcess: true),
                output: .sequence,
                error: .sequence
            ) { execution in
                started(execution.processIdentifier.value)
                async let errors = collect(execution.standardError, count)
                return (output: try await collect(execution.standardOutput, count), errors: try await errors)
            }
            result = answer(outcome.terminationStatus, outcome.closureResult.output, outcome.closureResult.errors)
        } catch {
            result = .failure(reason(error))
        }
        let process = state.withLock { state in
            // From here on the number may be another process's.
            defer { state.process = nil }
            return state.process
        }
        if process == nil { Orphans.didStart(nil) }
        await Orphans.reap(after: process)
        switch state.withLock({ $0.ending }) {
        case .timedOut: return .failure(timeoutText)
        case .wroteTooMuch:
            return .failure("\(command.path) wrote more than \(command.outputLimit) bytes and was killed")
        case .cancelled, nil: return result
        }
    }

    /// What comes from one of the program's pipes; nothing more once it has been ended.
    private func collect(
        _ pieces: SubprocessOutputSequence,
        _ count: @Sendable (Int) async -> Void
    ) async throws -> [UInt8] {
        var output: [UInt8] = []
        for try await piece in pieces {
            guard state.withLock({ $0.ending == nil }) else { return [] }
            guard output.count + piece.count <= command.outputLimit else {
                end(.wroteTooMuch)
                return []
            }
            piece.withUnsafeBytes { output.append(contentsOf: $0) }
            await count(piece.count)
        }
        return output
    }

    /// What the program reads, as a file in memory.
    ///
    /// A pipe would need somebody who writes, and ends badly when the program does not read to the end: swift-subprocess
    /// 1.0.2 leaves the pipe's descriptor open then, and stops the whole process for that.
    private func inputFile() throws -> SystemPackage.FileDescriptor {
        let number = clinux_memory_file()
        guard number >= 0 else { throw Errno(rawValue: -number) }
        let file = SystemPackage.FileDescriptor(rawValue: number)
        do {
            try file.writeAll(command.input)
            try file.seek(offset: 0, from: .start)
            return file
        } catch {
            try? file.close()
            throw error
        }
    }

    private var timeoutText: String {
        "\(command.path) did not end within \(command.timeout.map { "\($0)" } ?? "") s and was killed"
    }

    private func reason(_ error: any Error) -> String {
        guard let error = error as? SubprocessError else { return "cannot run \(command.path): \(error)" }
        if error.code == .executableNotFound { return "cannot run \(command.path): not found or not executable" }
        return "cannot run \(command.path): \(error)"
    }

    private func answer(_ status: TerminationStatus, _ output: [UInt8], _ errors: [UInt8]) -> OperationResult {
        var plan = Plan()
        plan.beginTable(fields: 3)
        switch status {
        case .exited(let code): plan.field("status") { $0.push(Int(code)) }
        case .signaled(let signal): plan.field("signal") { $0.push(Int(signal)) }
        }
        plan.field("stdout") { $0.push(output) }
        plan.field("stderr") { $0.push(errors) }
        return .values(plan)
    }
}
