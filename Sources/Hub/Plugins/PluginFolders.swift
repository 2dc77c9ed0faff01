import Glibc

/// Finds plugins in folders and reads their sources.
struct PluginFolders: Sendable {
    /// Source files of one plugin.
    static let fileLimit = 256
    /// Bytes read of one source file; the sandbox's own limit is lower and reported there.
    static let readLimit = 16 << 20
    /// Folder levels below a plugin's own.
    static let depthLimit = 4
    /// A plugin's folder of recorded cases, which has no sources.
    static let cases = "cases"
    /// Declarations for editors, not a plugin.
    static let editorDeclarations = "api"

    /// Later folders replace plugins of the same name in earlier ones.
    let directories: [String]

    /// One plugin on disk, without its content.
    struct Entry: Sendable, Hashable {
        let name: String
        let path: String
        let files: [FileSignature]
        /// Why it is not a usable plugin.
        let problem: String?
    }

    /// All plugins by name.
    func scan() -> [String: Entry] {
        var found: [String: Entry] = [:]
        for directory in directories {
            for name in directoryEntries(directory) {
                guard let entry = entry(in: directory, file: name) else { continue }
                found[entry.name] = entry
            }
        }
        return found
    }

    /// The plugin that `file` in `directory` is; nil for other files, hidden ones and editors' copies.
    private func entry(in directory: String, file: String) -> Entry? {
        let path = directory.hasSuffix("/") ? directory + file : "\(directory)/\(file)"
        guard let first = file.utf8.first, first != UInt8(ascii: "."), first != UInt8(ascii: "#") else { return nil }
        if file.hasSuffix(".lua") {
            let name = String(file.dropLast(4))
            guard name != Self.editorDeclarations, let signature = FileSignature(path: path) else { return nil }
            return Entry(name: name, path: path, files: [signature], problem: problem(name: name))
        }
        guard isDirectory(path), let main = FileSignature(path: path + "/init.lua") else { return nil }
        let others = luaFiles(below: path, depth: 0).filter { $0 != main.path }.compactMap(FileSignature.init)
        let tooMany = others.count >= Self.fileLimit
        return Entry(
            name: file,
            path: main.path,
            files: [main] + others.prefix(Self.fileLimit),
            problem: tooMany ? "\(PluginError.tooManyFiles(path: path, limit: Self.fileLimit))" : problem(name: file)
        )
    }

    private func problem(name: String) -> String? {
        let isValid = name.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        return isValid && !name.isEmpty ? nil : "\(PluginError.invalidName(name))"
    }

    private func luaFiles(below path: String, depth: Int) -> [String] {
        guard depth < Self.depthLimit else { return [] }
        return directoryEntries(path).flatMap { name -> [String] in
            let child = "\(path)/\(name)"
            if name.hasPrefix(".") || name.hasPrefix("#") { return [] }
            if depth == 0, name == Self.cases { return [] }
            if name.hasSuffix(".lua") { return [child] }
            return isDirectory(child) ? luaFiles(below: child, depth: depth + 1) : []
        }
    }

    /// Reads the files of a plugin.
    func read(_ entry: Entry) throws(PluginError) -> PluginSource {
        if let problem = entry.problem { throw .load(problem) }
        guard let main = entry.files.first else { throw .noEntry(path: entry.path) }
        let isFolder = main.path.hasSuffix("/init.lua")
        let root = isFolder ? String(main.path.dropLast("init.lua".utf8.count)) : ""
        var files: [PluginSource.File] = []
        for signature in entry.files {
            let relative = isFolder ? String(signature.path.dropFirst(root.count)) : "\(entry.name).lua"
            let module = isFolder ? relative.dropLast(4).replacing("/", with: ".") : "init"
            let chunk = isFolder ? "\(entry.name)/\(relative)" : relative
            files.append(.init(module: String(module), chunkName: chunk, text: try readFile(signature.path)))
        }
        return PluginSource(name: entry.name, path: entry.path, files: files)
    }

    private func readFile(_ path: String) throws(PluginError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while text.count < Self.readLimit {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
            if count == 0 { return text }
            text.append(contentsOf: buffer[..<count])
        }
        throw .unreadable(path: path, reason: "larger than \(Self.readLimit) bytes")
    }
}

extension PluginFolders {
    /// The plugin that a command names: by name in the folders, or by the path of its file or folder.
    func find(_ nameOrPath: String) throws(PluginError) -> (folders: PluginFolders, entry: Entry) {
        if let entry = scan()[nameOrPath] { return (self, entry) }
        let path = nameOrPath.hasSuffix("/") ? String(nameOrPath.dropLast()) : nameOrPath
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        var directory = parts.dropLast().joined(separator: "/")
        var file = parts.last.map(String.init) ?? ""
        if file == "init.lua" {
            file = parts.dropLast().last.map(String.init) ?? ""
            directory = parts.dropLast(2).joined(separator: "/")
        }
        let isAbsolute = path.hasPrefix("/")
        let folders = PluginFolders(directories: [directory.isEmpty ? (isAbsolute ? "/" : ".") : directory])
        let name = file.hasSuffix(".lua") ? String(file.dropLast(4)) : file
        guard let entry = folders.scan()[name] else { throw .notFound(nameOrPath, directories: directories) }
        return (folders, entry)
    }
}
