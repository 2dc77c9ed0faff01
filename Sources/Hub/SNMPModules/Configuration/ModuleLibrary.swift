import Dispatch
import FoundationEssentials
import Synchronization

/// The module files of one plugin: checked as a whole, each module decoded at its first use and shared by all targets.
///
/// Lives on the plugin's thread. Files that have changed are read again; when they are wrong what was known goes on.
final class ModuleLibrary {
    /// How the library gets at files.
    struct Access {
        /// The files that a pattern stands for; the pattern itself where it has no wildcard.
        var paths: (String) -> [String]
        /// What is different when a file has changed; nil when there is none.
        var signature: (String) -> String?
        var read: (String) throws(ConfigurationError) -> [UInt8]
        /// Called when the secrets in what was read are known.
        var understood: () -> Void = {}
    }

    /// What is kept of all files.
    private struct Index {
        struct Place {
            let path: String
            let place: ModuleScanner.Place
            let isOldFormat: Bool
        }

        var signatures: [String] = []
        var places: [String: Place] = [:]
        var auths: [String: SNMPAuth] = [:]
    }

    private let patterns: [String]
    private let expandsVariables: Bool
    let access: Access
    private var index: Index?
    /// Files that were found wrong, so that they are not read again before they change.
    private var refused: (signatures: [String], error: ConfigurationError)?
    private var modules: [String: CompiledModule] = [:]

    init(_ patterns: [String], expandsVariables: Bool = false, _ access: Access) {
        self.patterns = patterns
        self.expandsVariables = expandsVariables
        self.access = access
    }

    var names: [String] { index?.places.keys.sorted() ?? [] }
    /// Modules that have been used.
    var decodedCount: Int { modules.count }
    /// What logs and pages must not show.
    var secretTexts: [String] { index?.auths.values.flatMap(\.secretTexts) ?? [] }

    /// Whether the files have any; those before 0.23 have none.
    var hasAuths: Bool { index?.auths.isEmpty == false }

    func auth(_ name: String) -> SNMPAuth? { index?.auths[name] }

    /// Reads the files if they have changed, and answers whether it did; throws what is wrong with them, once for each
    /// change.
    ///
    /// Without an error, or where the files were good before, there is something to work with afterwards.
    @discardableResult
    func refresh() throws(ConfigurationError) -> Bool {
        let paths = patterns.flatMap(access.paths)
        var signatures: [String] = []
        for path in paths {
            // A file that cannot be read says so when it is.
            guard let signature = access.signature(path) else { continue }
            if !signatures.contains(signature) { signatures.append(signature) }
        }
        if let index, index.signatures == signatures { return false }
        if let refused, refused.signatures == signatures {
            if index == nil { throw refused.error }
            return false
        }
        do throws(ConfigurationError) {
            let found = try read(paths, signatures)
            index = found
            modules = [:]
            refused = nil
            return true
        } catch {
            refused = (signatures, error)
            throw error
        }
    }

    /// A module; nil for a name that no file has.
    func module(_ name: String) throws(ConfigurationError) -> CompiledModule? {
        if let module = modules[name] { return module }
        guard let index, let place = index.places[name] else { return nil }
        guard let signature = access.signature(place.path), index.signatures.contains(signature) else {
            throw refused?.error ?? ConfigurationError(path: place.path, "has changed")
        }
        let bytes = try access.read(place.path)
        let problems = ModuleProblems(path: place.path)
        let module = bytes.withUnsafeBufferPointer { bytes in
            guard let range = place.place.bytes, range.upperBound <= bytes.count else {
                return ModuleScanner.scan(bytes, keeping: name, problems).kept
            }
            problems.lineOffset = place.place.line - 1
            let part = UnsafeBufferPointer(rebasing: bytes[range])
            return ModuleScanner.module(part, isOldFormat: place.isOldFormat, problems)
        }
        if let error = problems.error { throw error }
        guard let module else { throw ConfigurationError(path: place.path, line: place.place.line, "has changed") }
        let compiled = CompiledModule(module)
        modules[name] = compiled
        return compiled
    }

    // MARK: Reading

    private func read(_ paths: [String], _ signatures: [String]) throws(ConfigurationError) -> Index {
        guard !paths.isEmpty else {
            let names = patterns.map { ConfigurationText.quote($0) }.joined(separator: ", ")
            throw ConfigurationError("no module file matches \(names)")
        }
        var index = Index()
        index.signatures = signatures
        var problems: [ConfigurationProblem] = []
        for path in paths {
            let (contents, error) = Self.scan(try access.read(path), path)
            problems += error?.problems ?? []
            for (name, place) in contents.modules {
                let entry = Index.Place(path: path, place: place, isOldFormat: contents.isOldFormat)
                guard let other = index.places.updateValue(entry, forKey: name) else { continue }
                let text = "module \(ConfigurationText.quote(name)) is already given in \(other.path)"
                problems.append(ConfigurationProblem(path: path, line: place.line, text: text))
            }
            for (name, line, auth) in contents.auths {
                let auth = try expandsVariables ? auth.expanded(path, line) : auth
                guard index.auths.updateValue(auth, forKey: name) != nil else { continue }
                let text = "auth \(ConfigurationText.quote(name)) is already given"
                problems.append(ConfigurationProblem(path: path, line: line, text: text))
            }
        }
        guard problems.isEmpty else {
            var error = ConfigurationError([])
            error.problems = problems
            throw error
        }
        return index
    }

    /// Checks a file on another thread: however large it is, it is no work of a script, whose time is limited.
    private static func scan(_ bytes: [UInt8], _ path: String) -> (ModuleScanner.Contents, ConfigurationError?) {
        let done = DispatchSemaphore(value: 0)
        let result = Mutex((ModuleScanner.Contents(), ConfigurationError?.none))
        let box = Box(result)
        DispatchQueue.global().async {
            let problems = ModuleProblems(path: path)
            let contents = bytes.withUnsafeBufferPointer { ModuleScanner.scan($0, problems) }
            let error = problems.error
            box.value.withLock { $0 = (contents, error) }
            done.signal()
        }
        done.wait()
        return box.value.withLock { $0 }
    }

    private final class Box<Value: ~Copyable & Sendable>: Sendable {
        let value: Value

        init(_ value: consuming Value) { self.value = value }
    }
}

extension SNMPAuth {
    /// With `$NAME` and `${NAME}` in names and passwords replaced by variables of the environment.
    fileprivate func expanded(_ path: String, _ line: Int) throws(ConfigurationError) -> SNMPAuth {
        let environment = ProcessInfo.processInfo.environment
        func expand(_ text: String) throws(ConfigurationError) -> String {
            var result = ""
            var rest = Substring(text)
            while let dollar = rest.firstIndex(of: "$") {
                result += rest[..<dollar]
                rest = rest[dollar...].dropFirst()
                let isBraced = rest.first == "{"
                if isBraced { rest = rest.dropFirst() }
                let name = rest.prefix { $0 == "_" || $0.isLetter || $0.isNumber }
                rest = rest.dropFirst(name.count)
                if isBraced, rest.first == "}" { rest = rest.dropFirst() }
                guard let value = environment[String(name)] else {
                    throw ConfigurationError(path: path, line: line, "\(name) environment variable not found")
                }
                result += value
            }
            return result + rest
        }
        var copy = self
        copy.username = try expand(username)
        copy.password = Secret(try expand(password.reveal()))
        copy.privPassword = Secret(try expand(privPassword.reveal()))
        return copy
    }
}
