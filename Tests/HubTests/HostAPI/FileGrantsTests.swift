import Foundation
import Testing

@testable import Hub

@Suite struct FileGrantsTests {
    @Test(arguments: [
        ("/a/b", "/a/b"), ("/", "/"), ("//", "/"), ("/a//b", "/a/b"), ("/a/", "/a"), ("/./a/./b", "/a/b"),
        ("/a/.b", "/a/.b"), ("/a/...", "/a/..."), ("/a/..b/c", "/a/..b/c"), ("/a b", "/a b"),
    ])
    func pathsAreCleaned(_ path: String, _ clean: String) {
        #expect(FileGrants.clean(path) == clean)
    }

    @Test(arguments: [
        "", "a", "./a", "../a", "/..", "/a/..", "/a/../b", "/a/b/..", "/a\0b",
        // As Characters the slash and the mark would be one, and the component before it not `..`.
        "/a/../\u{301}b", "/a/..//\u{301}", "/a\u{600}/../etc/shadow",
    ])
    func pathsThatLeadUpwardsAreRefused(_ path: String) {
        #expect(FileGrants.clean(path) == nil)
    }

    @Test func onlyDeclaredFilesAreGranted() {
        var grants = FileGrants(declared: patterns("/a/*", "/b"), allowed: nil, mounts: false)
        #expect(grants.permits("/a/x"))
        #expect(grants.permits("/b"))
        #expect(!grants.permits("/a"))
        #expect(!grants.permits("/a/x/y"))
        #expect(!grants.permits("/c"))
    }

    @Test func theConfigurationNarrowsAndNeverWidens() {
        var grants = FileGrants(declared: patterns("/a/*"), allowed: patterns("/a/x", "/c"), mounts: false)
        #expect(grants.permits("/a/x"))
        #expect(!grants.permits("/a/y"))
        #expect(!grants.permits("/c"))
        var none = FileGrants(declared: patterns("/**"), allowed: [], mounts: false)
        #expect(!none.permits("/a"))
    }

    @Test func manyDecisionsDoNotChangeThem() {
        var grants = FileGrants(declared: patterns("/a/*"), allowed: nil, mounts: false)
        for number in 0..<(2 * FileGrants.cacheLimit) {
            #expect(grants.permits("/a/\(number)"))
            #expect(!grants.permits("/b/\(number)"))
        }
        #expect(grants.permits("/a/0"))
    }

    @Test(arguments: [
        "/proc/self/environ", "/proc/self/mem", "/proc/self/cmdline", "/proc/self/maps", "/proc/self/fd/0",
        "/proc/self/task/1/environ", "/proc/thread-self/environ", "/proc/1/environ", "/proc/1/task/1/mem",
        "/host/proc/1/environ", "/host/proc/self/environ", "/mnt/proc/77/auxv", "/proc/1/map_files/0-1",
    ])
    func noPatternGrantsWhatHoldsSecrets(_ path: String) {
        var grants = FileGrants(declared: patterns("/**"), allowed: nil, mounts: false)
        #expect(!grants.permits(FileGrants.canonical(path)))
    }

    @Test(arguments: [
        "/proc/meminfo", "/proc/self/stat", "/proc/self/net/dev", "/proc/1/cmdline", "/proc/1/fd", "/proc/sys/vm/mem",
        "/etc/environ", "/environ", "/proc/self/mountinfo",
    ])
    func theRestOfProcCanBeGranted(_ path: String) {
        var grants = FileGrants(declared: patterns("/**"), allowed: nil, mounts: false)
        #expect(grants.permits(FileGrants.canonical(path)))
    }

    @Test func theOwnProcessAndItsThreadsAreSelf() {
        #expect(FileGrants.canonical("/proc/\(getpid())/stat") == "/proc/self/stat")
        #expect(FileGrants.canonical("/proc/thread-self/cmdline") == "/proc/self/cmdline")
        #expect(FileGrants.canonical("/proc/1/stat") == "/proc/1/stat")
        #expect(FileGrants.canonical("/proc/stat") == "/proc/stat")
        for thread in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? [] {
            // A thread may have ended since; those of the test process that go on are enough.
            guard access("/proc/self/task/\(thread)", F_OK) == 0 else { continue }
            #expect(FileGrants.canonical("/proc/\(getpid())/cmdline") == "/proc/self/cmdline")
        }
        let own = String(gettid())
        #expect(FileGrants.canonical("/proc/\(own)/cmdline") == "/proc/self/cmdline")
    }

    private func patterns(_ texts: String...) -> [PathPattern] { texts.compactMap { PathPattern($0) } }
}
