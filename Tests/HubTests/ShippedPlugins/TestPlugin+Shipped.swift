import Foundation

@testable import Hub

extension TestPlugin {
    /// A plugin of the checkout, by its folder's name; hub.yml names it `test`.
    convenience init(shipped name: String, configuration: String) async throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../plugins/\(name)").standardized
        var files: [String: String] = [:]
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        where file.pathExtension == "lua" {
            files[file.deletingPathExtension().lastPathComponent] = try String(contentsOf: file, encoding: .utf8)
        }
        let source = files.removeValue(forKey: "init") ?? ""
        try await self.init(source, files: files, configuration: configuration)
    }
}
