import Foundation

/// What a process has used, by procfs.
struct ProcessUse {
    /// CPU time of all threads.
    let cpu: Duration
    /// Bytes that are resident, and the most there were since the peak was reset.
    let resident: Int
    let peak: Int

    init(of process: pid_t) throws {
        let stat = try String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
        let fields = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ")
        guard fields.count > 13, let user = Int(fields[12]), let system = Int(fields[13]) else {
            throw HarnessError(description: "/proc/\(process)/stat: \(stat)")
        }
        cpu = .milliseconds((user + system) * 1000 / sysconf(Int32(_SC_CLK_TCK)))
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        func size(_ name: String) -> Int {
            let line = status.split(separator: "\n").first { $0.hasPrefix(name + ":") } ?? ""
            return line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }.map { $0 << 10 }
                ?? 0
        }
        resident = size("VmRSS")
        peak = size("VmHWM")
    }

    /// From here on the peak is counted anew (proc_pid_clear_refs(5)).
    static func resetPeak(of process: pid_t) throws {
        try Data("5".utf8).write(to: URL(filePath: "/proc/\(process)/clear_refs"))
    }
}
