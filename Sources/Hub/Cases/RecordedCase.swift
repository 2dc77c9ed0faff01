import FoundationEssentials
import Glibc

/// A folder with one recorded run: `hub.yml` with the plugin's settings and targets, `exchanges.json`, and
/// `expected.prom` with what it must come to.
struct RecordedCase: Sendable {
    /// Bytes of `exchanges.json` and `expected.prom`.
    static let sizeLimit = 128 << 20

    let path: String

    var name: String { path.split(separator: "/").last.map(String.init) ?? path }
    var configurationPath: String { "\(path)/hub.yml" }
    private var exchangesPath: String { "\(path)/exchanges.json" }
    private var expectedPath: String { "\(path)/expected.prom" }

    /// The cases beside a plugin: in its folder's `cases`, or in `NAME.cases` beside its file.
    static func all(of entry: PluginFolders.Entry) -> [RecordedCase] {
        let folder =
            entry.path.hasSuffix("/init.lua")
            ? "\(entry.path.dropLast("init.lua".utf8.count))\(PluginFolders.cases)" : "\(entry.path.dropLast(4)).cases"
        return directoryEntries(folder).filter { isDirectory("\(folder)/\($0)") && !$0.hasPrefix(".") }
            .map { RecordedCase(path: "\(folder)/\($0)") }
    }

    func load() throws -> RecordedRun {
        do {
            let bytes = try BoundedFile.read(exchangesPath, maximum: Self.sizeLimit)
            return try JSONDecoder().decode(RecordedRun.self, from: Data(bytes))
        } catch let error as ConfigurationError {
            throw CommandError("\(exchangesPath): \(error)")
        } catch let error as DecodingError {
            throw CommandError("\(exchangesPath): not a recorded run: \(error.reason)")
        } catch {
            throw CommandError("\(exchangesPath): not a recorded run: \(error)")
        }
    }

    /// Nil when there is none yet.
    func expected() throws -> [UInt8]? {
        guard access(expectedPath, F_OK) == 0 else { return nil }
        do {
            return try BoundedFile.read(expectedPath, maximum: Self.sizeLimit)
        } catch {
            throw CommandError("\(expectedPath): \(error)")
        }
    }

    func save(_ run: RecordedRun, configuration: String) throws {
        if !isDirectory(path), mkdir(path, 0o777) != 0 {
            throw CommandError("\(path): cannot be made: \(String(cString: strerror(errno)))")
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try write(Array(try encoder.encode(run)) + [0x0A], to: exchangesPath)
        try write(Array(configuration.utf8), to: configurationPath)
    }

    func save(expected: [UInt8]) throws { try write(expected, to: expectedPath) }

    private func write(_ bytes: [UInt8], to path: String) throws {
        let descriptor = creat(path, 0o666)
        guard descriptor >= 0 else { throw CommandError("\(path): \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        Output.write(bytes, to: descriptor)
    }
}
