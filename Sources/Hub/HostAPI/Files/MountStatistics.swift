import CLinux
import Glibc
import LuaSandbox

/// What `fs.statfs` answers.
enum MountStatistics {
    /// Asks the file system; may hang in the kernel.
    static func read(_ path: String) -> OperationResult {
        var mount = clinux_mount()
        let code = clinux_statfs(path, &mount)
        guard code == 0 else { return .failure("\(path): \(String(cString: strerror(code)))") }
        var plan = Plan()
        plan.beginTable(fields: 9)
        plan.field("type") { $0.push(Int(mount.type)) }
        plan.field("block_size") { $0.push(Int(clamping: mount.block_size)) }
        plan.field("blocks") { $0.push(Int(clamping: mount.blocks)) }
        plan.field("blocks_free") { $0.push(Int(clamping: mount.blocks_free)) }
        plan.field("blocks_available") { $0.push(Int(clamping: mount.blocks_available)) }
        plan.field("files") { $0.push(Int(clamping: mount.files)) }
        plan.field("files_free") { $0.push(Int(clamping: mount.files_free)) }
        plan.field("read_only") { $0.push(mount.read_only != 0) }
        plan.field("name_max") { $0.push(Int(mount.name_max)) }
        return .values(plan)
    }
}
