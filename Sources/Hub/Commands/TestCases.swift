import ArgumentParser
import Exposition
import Glibc
import Logging
import NIOCore

/// Replays the recorded cases beside the plugins.
struct TestCases: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Replay the recorded cases beside the plugins and compare what they come to.",
        discussion: """
            Cases are made by `exporter-hub run PLUGIN --record DIR`, and lie in `plugins/NAME/cases/`, or beside \
            `plugins/NAME.lua` in `plugins/NAME.cases/`. The exit code is 1 when one differs.
            """
    )

    @Argument(help: "Name of a plugin in the plugin folders, or the path of a file or folder. Default: all of them.")
    var plugin: String?

    @ArgumentParser.Flag(help: "Write down what the cases come to now, instead of comparing.")
    var update = false

    @OptionGroup var options: CommonOptions

    func run() async throws {
        Platform.prepare()
        let configuration = try options.load()
        let all = try? options.folders(configuration)
        let folders: PluginFolders
        let entries: [PluginFolders.Entry]
        if let plugin {
            let (found, entry) = try (all ?? PluginFolders(directories: [])).find(plugin)
            (folders, entries) = (found, [entry])
        } else {
            folders = try options.folders(configuration)
            entries = folders.scan().values.sorted { $0.name < $1.name }
        }
        var count = 0
        var failed = 0
        for entry in entries {
            for recorded in RecordedCase.all(of: entry) {
                count += 1
                do {
                    try await CaseRun(recorded, try folders.read(entry), isUpdate: update).run()
                } catch {
                    failed += 1
                    Output.write(Array("\(entry.name)/\(recorded.name): \(error)\n".utf8), to: STDERR_FILENO)
                }
            }
        }
        let what = update ? "written" : "passed"
        Output.write(Array("\(count - failed) of \(count) cases \(what)\n".utf8), to: STDOUT_FILENO)
        if let plugin, count == 0 { throw CommandError("\(plugin) has no recorded cases") }
        Glibc.exit(failed == 0 ? 0 : 1)
    }
}

/// One case.
struct CaseRun {
    /// Lines of a difference that are shown.
    static let differenceLimit = 20
    /// For all targets together; nothing is waited for in a replay.
    static let timeout = TimeAmount.seconds(60)

    private let recorded: RecordedCase
    private let source: PluginSource
    private let isUpdate: Bool

    init(_ recorded: RecordedCase, _ source: PluginSource, isUpdate: Bool) {
        self.recorded = recorded
        self.source = source
        self.isUpdate = isUpdate
    }

    /// Throws with the difference.
    func run() async throws {
        let actual = try await replay()
        if isUpdate { return try recorded.save(expected: actual) }
        guard let expected = try recorded.expected() else {
            throw CommandError("expected.prom is missing, write it with --update")
        }
        guard actual != expected else { return }
        throw CommandError(Self.difference(expected, actual))
    }

    /// The exposition, with failures as comments at its end.
    private func replay() async throws -> [UInt8] {
        let configuration = try HubConfiguration.load(path: recorded.configurationPath)
        var environment = PluginEnvironment(configuration: configuration, logger: .hub(configuration, level: .error))
        environment.tape = .replay(try recorded.load())
        let job = PluginJob(source: source, environment: environment)
        var text: [UInt8] = []
        let failures = try await job.collect(within: Self.timeout) { text = encode($0, as: .text) }
        for failure in failures {
            text += Array("# FAILED \(failure.split(separator: "\n").joined(separator: " "))\n".utf8)
        }
        return text
    }

    /// The lines that only one of them has.
    private static func difference(_ expected: [UInt8], _ actual: [UInt8]) -> String {
        let expected = String(decoding: expected, as: UTF8.self).split(separator: "\n").map(String.init)
        let actual = String(decoding: actual, as: UTF8.self).split(separator: "\n").map(String.init)
        let changes = actual.difference(from: expected)
        let lines = changes.map { change -> (Int, String) in
            switch change {
            case .remove(let offset, let line, _): (2 * offset, "  - \(line)")
            case .insert(let offset, let line, _): (2 * offset + 1, "  + \(line)")
            }
        }
        let shown = lines.sorted { $0.0 < $1.0 }.prefix(differenceLimit).map(\.1)
        let more = lines.count > shown.count ? ["  and \(lines.count - shown.count) more lines"] : []
        let summary = lines.isEmpty ? "differs in blanks or empty lines" : "differs (- expected, + got):"
        return ([summary] + shown + more).joined(separator: "\n")
    }
}
