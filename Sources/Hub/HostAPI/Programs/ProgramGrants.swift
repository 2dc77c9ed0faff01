/// The programs a plugin may run, by absolute path.
struct ProgramGrants: Sendable {
    var declared: Set<String> = []
    /// What hub.yml narrows the declaration to; nil does not narrow.
    var allowed: Set<String>?

    func permits(_ path: String) -> Bool { declared.contains(path) && (allowed?.contains(path) ?? true) }
}
