import Foundation

/// A temporary folder of one test, with a plugin directory and a place for a configuration.
struct Workspace {
    let folder: URL

    /// The root of the checkout, two folders above this target.
    static let checkout = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    static let fixtures = checkout.appending(path: "Tests/EndToEnd/Fixtures/plugins")
    static let shippedPlugins = checkout.appending(path: "plugins")
    static let python = checkout.appending(path: ".build-venv/bin/python3").path

    /// Makes the folder and copies the named fixture folders' plugins into its plugin directory.
    init(plugins sets: [String] = []) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "exporter-hub-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: plugins, withIntermediateDirectories: true)
        for set in sets {
            let source = Self.fixtures.appending(path: set)
            for name in try FileManager.default.contentsOfDirectory(atPath: source.path) {
                try FileManager.default.copyItem(at: source.appending(path: name), to: plugins.appending(path: name))
            }
        }
    }

    var plugins: URL { folder.appending(path: "plugins") }

    /// Writes a file below the folder in one step, as an editor or a package manager does, and returns its path.
    @discardableResult
    func write(_ text: String, to path: String) throws -> String {
        let url = folder.appending(path: path)
        try Data(text.utf8).write(to: url, options: .atomic)
        return url.path
    }

    func remove(_ path: String) throws {
        try FileManager.default.removeItem(at: folder.appending(path: path))
    }
}

/// Gives `body` a workspace and removes it afterwards.
func withWorkspace<Value>(
    plugins: [String] = [],
    _ body: (Workspace) async throws -> Value
) async throws -> Value {
    let workspace = try Workspace(plugins: plugins)
    defer { try? FileManager.default.removeItem(at: workspace.folder) }
    return try await body(workspace)
}
