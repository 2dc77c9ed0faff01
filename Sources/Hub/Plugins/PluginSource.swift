/// The files of one plugin as they were read.
struct PluginSource: Sendable, Equatable {
    /// One file of Lua source.
    struct File: Sendable, Equatable {
        /// What `require` calls it: `init`, or the path in the folder with dots and without `.lua`.
        let module: String
        /// What error messages call it, as in `node/cpu.lua`.
        let chunkName: String
        let text: [UInt8]
    }

    let name: String
    /// The file, or the folder's `init.lua`.
    let path: String
    /// The entry file first.
    let files: [File]

    var entry: File? { files.first }

    func file(module: String) -> File? { files.first { $0.module == module } }
}

/// Why a plugin's files could not be read, or what it is was not run.
enum PluginError: Error, CustomStringConvertible {
    case unreadable(path: String, reason: String)
    case tooManyFiles(path: String, limit: Int)
    case noEntry(path: String)
    case invalidName(String)
    /// The script or its declaration is wrong; the text names file and line.
    case load(String)
    case notFound(String, directories: [String])

    var description: String {
        switch self {
        case .unreadable(let path, let reason): "\(path): \(reason)"
        case .tooManyFiles(let path, let limit): "\(path): more than \(limit) source files"
        case .noEntry(let path): "\(path): no init.lua"
        case .invalidName(let name): "plugin name \"\(name)\" must consist of letters, digits, _ and -"
        case .load(let text): text
        case .notFound(let name, let directories):
            "no plugin \"\(name)\" in \(directories.joined(separator: ", "))"
        }
    }
}
