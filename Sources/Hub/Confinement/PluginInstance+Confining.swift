extension PluginInstance {
    /// What every plugin's thread reads beside its grants: libraries and character sets, the resolver's files, the
    /// certificates of TLS.
    private static let common = [
        "/usr", "/lib", "/lib64", "/dev/null", "/dev/urandom", "/etc/ca-certificates", "/etc/gai.conf",
        "/etc/host.conf", "/etc/hosts", "/etc/ld.so.cache", "/etc/localtime", "/etc/nsswitch.conf", "/etc/pki",
        "/etc/protocols", "/etc/resolv.conf", "/etc/services", "/etc/ssl", "/run/systemd/resolve", "/proc/self",
        "/sys/devices/system/cpu",
    ]

    /// Lets the kernel hold this thread to the files that the plugin is granted.
    ///
    /// Threads that it starts are not held to them unless it says so; see `ThreadStarter`.
    /// A pattern is granted from its last folder before a wildcard; where that does not exist yet, from the nearest
    /// folder above that does.
    func confine() {
        guard environment.configuration.confinement, environment.confinesThreads else { return }
        let paths = grants.patterns.map(\.existingStart) + moduleFolders
        // A file that is to come directly below the root could only be granted with everything.
        guard !paths.contains("/"), let rules = Landlock(denying: .read) else { return }
        for path in Self.common + paths { rules.allow(below: path) }
        guard ThreadStarter.shared != nil else { return }
        _ = rules.enforce()
    }
}

extension PluginInstance {
    /// Where the module files are: an editor puts another file in the place of the one that was opened.
    ///
    /// Which files are read is for the grants.
    private var moduleFolders: [String] {
        let folders = moduleLibraries.keys.joined().compactMap { path in
            path.hasPrefix("/") ? path.lastIndex(of: "/").map { String(path[..<$0]) } : nil
        }
        return folders.filter { !$0.isEmpty && !$0.contains("*") && !$0.contains("?") }
    }
}

extension PathPattern {
    /// The longest path without wildcards at the pattern's beginning that exists.
    fileprivate var existingStart: String {
        var parts = text.split(separator: "/").prefix { !$0.contains("*") && !$0.contains("?") }
        while !parts.isEmpty {
            let path = "/" + parts.joined(separator: "/")
            if FileSignature.exists(path) { return path }
            parts = parts.dropLast()
        }
        return "/"
    }
}
