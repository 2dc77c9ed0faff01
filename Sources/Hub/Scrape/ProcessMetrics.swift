import Exposition
import Glibc

/// The `process_*` metrics that every Prometheus client library has.
struct ProcessMetrics: Sendable {
    private let clockTicks = Double(sysconf(Int32(_SC_CLK_TCK)))
    private let pageSize = Double(sysconf(Int32(_SC_PAGESIZE)))
    private let startTime: Double

    init() {
        let fields = Self.fields()
        let bootTime = Self.bootTime()
        startTime = fields.count > 19 ? bootTime + fields[19] / clockTicks : bootTime
    }

    func add(to families: inout SelfFamilies) {
        let fields = Self.fields()
        guard fields.count > 21 else { return }
        families.add(
            .counter,
            "process_cpu_seconds_total",
            "Total user and system CPU time spent in seconds.",
            (fields[11] + fields[12]) / clockTicks
        )
        families.add(
            .gauge,
            "process_resident_memory_bytes",
            "Resident memory size in bytes.",
            fields[21] * pageSize
        )
        families.add(.gauge, "process_virtual_memory_bytes", "Virtual memory size in bytes.", fields[20])
        families.add(
            .gauge,
            "process_start_time_seconds",
            "Start time of the process since unix epoch in seconds.",
            startTime
        )
        families.add(.gauge, "process_threads", "Number of threads of the process.", fields[17])
        families.add(.gauge, "process_open_fds", "Number of open file descriptors.", Double(Self.openDescriptors()))
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            families.add(.gauge, "process_max_fds", "Maximum number of open file descriptors.", Double(limit.rlim_cur))
        }
    }

    /// The numbers of `/proc/self/stat` from the state on, which is 0 here: field N of proc(5) is at N - 3.
    private static func fields() -> [Double] {
        let text = smallFile("/proc/self/stat")
        guard let end = text.lastIndex(of: ")") else { return [] }
        return text[text.index(after: end)...].split(separator: " ").map { Double($0) ?? 0 }
    }

    private static func bootTime() -> Double {
        for line in smallFile("/proc/stat").split(separator: "\n") where line.hasPrefix("btime ") {
            return Double(line.dropFirst(6)) ?? 0
        }
        return 0
    }

    private static func openDescriptors() -> Int {
        // One of them is the folder that is being read.
        max(0, directoryEntries("/proc/self/fd").count - 1)
    }

    private static func smallFile(_ path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        var count = 0
        while count < bytes.count {
            let part = bytes.withUnsafeMutableBytes {
                read(descriptor, $0.baseAddress.map { $0 + count }, $0.count - count)
            }
            guard part > 0 else { break }
            count += part
        }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
