import CLinux
import Glibc
import Synchronization

/// Ends what programs leave behind: processes that left their group, or whose parent has ended.
///
/// The hub becomes the parent of every process whose own parent ends, so that none can hide.
enum Orphans {
    /// Looks for processes after a program has ended; each look finds those whose parent the one before has killed.
    static let looks = (count: 50, pause: Duration.milliseconds(2))
    /// Looks for those that are still there then, which nobody waits for: a busy machine takes its time to end them.
    static let lateLooks = (count: 20, pause: Duration.milliseconds(500))

    private struct Known {
        var running: Set<pid_t> = []
        /// Programs whose number is not known yet.
        var starting = 0
        /// Whether the late looks are under way, which are for all programs.
        var isLate = false
    }

    /// The programs that are running; every other child of this process is an orphan.
    private static let known = Mutex(Known())
    private static let isParent = clinux_adopt_orphans() == 0

    /// Makes this process the parent of orphans.
    static func adopt() { _ = isParent }

    /// A program is about to be started: until its number is known no child is taken for an orphan.
    static func willStart() { known.withLock { $0.starting += 1 } }

    static func didStart(_ process: pid_t?) {
        known.withLock {
            $0.starting -= 1
            if let process { $0.running.insert(process) }
        }
    }

    static func didEnd(_ process: pid_t) { known.withLock { _ = $0.running.remove(process) } }

    /// Kills what a program has left.
    static func reap(after process: pid_t?) async {
        if let process {
            kill(-process, SIGKILL)
            didEnd(process)
        }
        guard await !isRid(within: looks) else { return }
        let isFirst = known.withLock { known in
            defer { known.isLate = true }
            return !known.isLate
        }
        guard isFirst else { return }
        Task {
            await isRid(within: lateLooks)
            known.withLock { $0.isLate = false }
        }
    }

    /// Kills orphans until there are none; false where there still are.
    @discardableResult
    private static func isRid(within looks: (count: Int, pause: Duration)) async -> Bool {
        for _ in 0..<looks.count {
            if let left = orphans() {
                for orphan in left {
                    kill(orphan, SIGKILL)
                    waitpid(orphan, nil, WNOHANG)
                }
                guard !left.isEmpty else { return true }
            }
            try? await Task.sleep(for: looks.pause)
        }
        return false
    }

    /// Nil while a program is being started.
    private static func orphans() -> [pid_t]? {
        guard known.withLock({ $0.starting == 0 }) else { return nil }
        let children = children()
        return known.withLock { known in
            guard known.starting == 0 else { return nil }
            // A process in the group of a program that is still running is that program's own business.
            return children.filter { !known.running.contains($0.process) && !known.running.contains($0.group) }
                .map(\.process)
        }
    }

    /// The processes whose parent this process is, with their groups, by `/proc/PID/stat`.
    private static func children() -> [(process: pid_t, group: pid_t)] {
        let own = getpid()
        return directoryEntries("/proc").compactMap { name in
            guard let process = pid_t(name), let (parent, group) = family(of: process), parent == own else {
                return nil
            }
            return (process, group)
        }
    }

    /// The fourth and the fifth field; the second is a name in parentheses that may have any character.
    private static func family(of process: pid_t) -> (parent: pid_t, group: pid_t)? {
        guard let bytes = try? BoundedFile.read("/proc/\(process)/stat", maximum: 4096) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ", maxSplits: 3)
        guard fields.count > 2, let parent = pid_t(fields[1]), let group = pid_t(fields[2]) else { return nil }
        return (parent, group)
    }
}
