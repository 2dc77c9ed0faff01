import CLinux
import Glibc
import Synchronization

/// The last line of defence: what the kernel forbids the whole process, whatever a script finds a way to.
///
/// The process may write nothing but its state folder, and no program that it runs gets more rights than it has. Each
/// plugin's thread may besides read only what the plugin is granted; see `PluginInstance.confine`.
enum Confinement {
    /// What is in force.
    struct State: Sendable, Equatable {
        /// The version of Landlock; 0 when it is not used.
        var landlock = 0
        var noNewPrivileges = false
    }

    private static let current = Mutex(State())

    static var state: State { current.withLock { $0 } }

    /// Confines the process; to be called before it has a second thread, for the kernel's rules are those of threads.
    static func confine(_ configuration: HubConfiguration, listen: [String]) {
        // Only what is there can be allowed.
        if configuration.keepsState { StateDirectory.make(configuration.stateDirectory) }
        guard configuration.confinement else { return }
        var state = State()
        state.noNewPrivileges = clinux_no_new_privileges() == 0
        if let rules = Landlock(denying: .write(version: Landlock.version)) {
            for path in writable(configuration, listen) { rules.allow(below: path) }
            if rules.enforce() { state.landlock = Landlock.version }
        }
        current.withLock { $0 = state }
    }

    /// Devices such as `/dev/null`, the state folder, and the folders of the socket files it listens on.
    private static func writable(_ configuration: HubConfiguration, _ listen: [String]) -> [String] {
        let sockets = listen.compactMap { address -> String? in
            guard address.hasPrefix("unix:") else { return nil }
            let path = address.dropFirst(5)
            return path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        }
        return ["/dev", configuration.stateDirectory] + sockets
    }
}
