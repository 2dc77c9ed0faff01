/// Finds the files that a pattern with wildcards stands for.
///
/// Only folders are looked into that granted files may lie below: a script must not learn what is elsewhere.
struct ModuleFileGlob {
    /// What grants speak of.
    let patterns: [PathPattern]
    /// Folders and files at most, at each depth.
    let limit: Int
    /// Whether the run has to end; then nothing more is found.
    let mustStop: () -> Bool

    /// The pattern itself where it has no wildcard; files in the order of their names otherwise.
    func paths(_ pattern: String) -> [String] {
        guard pattern.contains(where: { "*?".contains($0) }), let matcher = PathPattern(pattern) else {
            return [pattern]
        }
        var paths = ["/"]
        for part in pattern.split(separator: "/") {
            guard part.contains(where: { "*?".contains($0) }) else {
                paths = paths.map { Self.join($0, String(part)) }
                continue
            }
            guard let component = PathPattern("/" + part) else { return [] }
            paths = entries(of: paths, matching: component)
            guard !paths.isEmpty else { return [] }
        }
        return paths.filter { path in
            matcher.matches(path) && patterns.contains { $0.matches(path) } && FileSignature(path: path) != nil
        }
    }

    private func entries(of folders: [String], matching component: PathPattern) -> [String] {
        var found: [String] = []
        for folder in folders where patterns.contains(where: { $0.leads(below: folder) }) {
            guard !mustStop() else { return [] }
            for name in directoryEntries(folder) where component.matches("/" + name) {
                found.append(Self.join(folder, name))
                guard found.count < limit else { return found }
            }
        }
        return found
    }

    private static func join(_ folder: String, _ name: String) -> String {
        folder == "/" ? "/" + name : folder + "/" + name
    }
}
