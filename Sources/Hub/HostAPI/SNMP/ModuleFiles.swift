import Glibc
import Logging
import LuaSandbox

extension PluginInstance {
    /// The module files that the options name, read again if they have changed.
    func library(_ reader: inout OptionReader, of name: String) throws(MisuseError) -> ModuleLibrary {
        let patterns = try reader.list("config_file") ?? []
        let expands = try reader.boolean("expand_environment_variables") ?? false
        guard !patterns.isEmpty else { throw MisuseError(text: "\(name): config_file names no module file") }
        guard patterns.count <= SNMPModuleAPI.fileLimit else {
            throw MisuseError(text: "\(name): config_file has more than \(SNMPModuleAPI.fileLimit) entries")
        }
        guard patterns.allSatisfy({ $0.utf8.count <= SNMPModuleAPI.longestPath }) else {
            throw MisuseError(
                text: "\(name): config_file has a path of more than \(SNMPModuleAPI.longestPath) bytes"
            )
        }
        let key = patterns + [expands ? "expanded" : "plain"]
        let library: ModuleLibrary
        if let known = moduleLibraries[key] {
            library = known
        } else {
            guard moduleLibraries.count < SNMPModuleAPI.libraryLimit else {
                throw MisuseError(text: "\(name): more than \(SNMPModuleAPI.libraryLimit) sets of module files")
            }
            let files = tape.map { moduleFiles.taped(by: $0) } ?? moduleFiles
            library = ModuleLibrary(patterns, expandsVariables: expands, files)
            moduleLibraries[key] = library
        }
        do throws(ConfigurationError) {
            guard try library.refresh() else { return library }
        } catch {
            guard !library.names.isEmpty else {
                moduleLibraries[key] = nil
                throw MisuseError(text: "\(name): \(error)")
            }
            log.log(.warning, "module files not read again: \(error)", fields: [], at: Clock.unixSeconds())
        }
        for text in library.secretTexts { secrets.insert(text) }
        library.access.understood()
        return library
    }

    /// Files that are granted, and no larger than `limits.file_size`.
    private var moduleFiles: ModuleLibrary.Access {
        ModuleLibrary.Access(
            paths: { [unowned self] pattern in
                ModuleFileGlob(patterns: grants.patterns, limit: SNMPModuleAPI.fileLimit) { self.sandbox.mustStop }
                    .paths(pattern)
            },
            signature: { FileSignature(path: $0)?.text },
            read: { [unowned self] path throws(ConfigurationError) in
                do throws(FileError) {
                    let file = try FileOpener.openFile(path, &grants)
                    return try Self.content(of: file, path, limit: limits.fileSize)
                } catch {
                    throw ConfigurationError(error.text)
                }
            }
        )
    }
}

extension PluginInstance {
    /// Reads a file at once into memory of its size; what is added meanwhile is read the next time.
    private static func content(of file: borrowing Descriptor, _ path: String, limit: Int) throws(FileError) -> [UInt8]
    {
        var status = stat()
        guard fstat(file.number, &status) == 0 else { throw .system(path: path, code: errno) }
        guard status.st_size <= limit else { throw .tooLarge(path: path, limit: limit) }
        let number = file.number
        var failure: Int32?
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, count in
            while count < buffer.count {
                let part = Glibc.read(number, buffer.baseAddress.map { $0 + count }, buffer.count - count)
                if part < 0, errno == EINTR { continue }
                if part < 0 { failure = errno }
                guard part > 0 else { break }
                count += part
            }
        }
        if let failure { throw .system(path: path, code: failure) }
        return bytes
    }
}
