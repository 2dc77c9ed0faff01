import LuaSandbox
import NIOCore

/// `exec(arguments, options)`: a program without a shell, with nothing of the hub's environment or descriptors.
enum ProgramAPI {
    /// Arguments of one program, the program itself among them.
    static let argumentLimit = 1_000
    /// Bytes of all arguments.
    static let argumentSize = 128 << 10

    static let exec: HostFunction = { state in
        HostCall.run(state) { call, instance throws(MisuseError) in
            let program = try command(call, instance)
            guard !instance.programTable.isFull else {
                throw MisuseError(text: "exec: more than \(ProgramTable.limit) programs at once")
            }
            return instance.suspend(call, "exec") { [unowned instance] handle in
                let run = ProgramRun(program)
                handle.onCancel = { run.cancel() }
                handle.run.transcript?.note("exec >", program.path)
                let memory = ProgramMemory(of: instance, for: handle.run, input: program.input.count)
                instance.programTable.start(run, memory, on: instance.eventLoop) { result in
                    if case .failure(let reason) = result { handle.run.transcript?.note("exec <", reason) }
                    handle.finish(result)
                }
            }
        }
    }

    private static func command(_ call: HostCall, _ instance: PluginInstance) throws(MisuseError) -> ProgramCommand {
        var reader = LuaValueReader(call)
        guard let value = try? reader.read(1), case .table(let items, let fields) = value, fields.isEmpty else {
            throw MisuseError(text: "exec: arguments must be a list, the program's path first")
        }
        var arguments: [[UInt8]] = []
        for item in items {
            guard case .string(let bytes) = item, !bytes.contains(0) else {
                throw MisuseError(text: "exec: arguments must be strings without NUL")
            }
            arguments.append(bytes)
        }
        guard let path = arguments.first.map({ String(decoding: $0, as: UTF8.self) }) else {
            throw MisuseError(text: "exec: the program's path is missing")
        }
        guard arguments.count <= argumentLimit, arguments.reduce(0, { $0 + $1.count + 1 }) <= argumentSize else {
            throw MisuseError(text: "exec: more than \(argumentLimit) arguments or \(argumentSize) bytes")
        }
        guard instance.programs.permits(path) else {
            throw MisuseError(text: "exec: \(path) is not granted, see needs.exec")
        }
        var options = try OptionReader(call, 2, function: "exec")
        var command = ProgramCommand(path: path, arguments: Array(arguments.dropFirst()))
        command.environment = try options.texts("env") ?? []
        for (name, value) in command.environment
        where name.isEmpty || name.contains("=") || (name + value).contains("\0") {
            throw MisuseError(text: "exec: \"\(name.prefix(40))\" cannot be an environment variable")
        }
        command.input = try options.bytes("stdin") ?? []
        command.timeout = try options.seconds("timeout")
        let limit = instance.limits.responseSize
        command.outputLimit = min(try options.integer("max_output", in: 1...(1 << 30)) ?? limit, limit)
        try options.finish()
        return command
    }
}

/// What is to be run.
struct ProgramCommand: Sendable {
    let path: String
    let arguments: [[UInt8]]
    var environment: [(name: String, value: String)] = []
    var input: [UInt8] = []
    /// Seconds; nil leaves it to the run's deadline.
    var timeout: Double?
    /// Bytes of standard output, and again of standard error.
    var outputLimit = 0

    init(path: String, arguments: [[UInt8]]) {
        self.path = path
        self.arguments = arguments
    }
}
