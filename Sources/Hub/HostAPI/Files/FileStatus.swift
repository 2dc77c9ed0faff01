import Glibc
import LuaSandbox

/// What `fs.stat` answers.
enum FileStatus {
    static func typeName(_ mode: mode_t) -> String {
        switch mode & S_IFMT {
        case S_IFREG: "file"
        case S_IFDIR: "directory"
        case S_IFLNK: "symlink"
        case S_IFIFO: "fifo"
        case S_IFSOCK: "socket"
        case S_IFBLK: "block"
        case S_IFCHR: "char"
        default: "unknown"
        }
    }

    static func push(_ status: stat, to plan: inout Plan) {
        plan.beginTable(fields: 8)
        plan.field("type") { $0.push(typeName(status.st_mode)) }
        plan.field("size") { $0.push(Int(status.st_size)) }
        plan.field("mtime") {
            $0.push(Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1_000_000_000)
        }
        plan.field("mode") { $0.push(Int(status.st_mode & 0o7777)) }
        plan.field("uid") { $0.push(Int(status.st_uid)) }
        plan.field("gid") { $0.push(Int(status.st_gid)) }
        plan.field("ino") { $0.push(Int(truncatingIfNeeded: status.st_ino)) }
        plan.field("dev") { $0.push(Int(truncatingIfNeeded: status.st_dev)) }
    }
}
