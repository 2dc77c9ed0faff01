import Glibc

/// The folder of what must survive a restart.
enum StateDirectory {
    /// Makes the folder, and those above it, where they are missing; only the hub's user may look into it.
    ///
    /// Whether it can be used shows when it is.
    static func make(_ path: String) {
        var made = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            made += made.isEmpty || made.hasSuffix("/") ? part : "/" + part
            mkdir(made, 0o700)
        }
    }
}

extension HubConfiguration {
    /// Whether anything has to survive a restart.
    var keepsState: Bool { push.isEnabled || !remoteWrite.endpoints.isEmpty }
}
