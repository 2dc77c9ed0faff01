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

    @Test(arguments: [("/a/x", true), ("/b", true), ("/a", false), ("/a/x/y", false), ("/c", false)])
    func onlyDeclaredFilesAreGranted(path: String, isGranted: Bool) {
        #expect(permits(path, declared: ["/a/*", "/b"]) == isGranted)
    }

    @Test func theConfigurationNarrowsAndNeverWidens() {
        #expect(permits("/a/x", declared: ["/a/*"], allowed: ["/a/x", "/c"]))
        #expect(!permits("/a/y", declared: ["/a/*"], allowed: ["/a/x", "/c"]))
        #expect(!permits("/c", declared: ["/a/*"], allowed: ["/a/x", "/c"]))
        #expect(!permits("/a", declared: ["/**"], allowed: []))
    }

    @Test func manyDecisionsDoNotChangeThem() throws {
        var grants = FileGrants(declared: [try #require(PathPattern("/a/*"))], allowed: nil, mounts: false)
        var wrong = 0
        for number in 0..<(2 * FileGrants.cacheLimit)
        where !grants.permits("/a/\(number)") || grants.permits("/b/\(number)") {
            wrong += 1
        }
        if !grants.permits("/a/0") { wrong += 1 }
        #expect(wrong == 0)
    }

    @Test(arguments: [
        "/proc/self/environ", "/proc/self/mem", "/proc/self/cmdline", "/proc/self/maps", "/proc/self/fd/0",
        "/proc/self/task/1/environ", "/proc/thread-self/environ", "/proc/1/environ", "/proc/1/task/1/mem",
        "/host/proc/1/environ", "/host/proc/self/environ", "/mnt/proc/77/auxv", "/proc/1/map_files/0-1",
    ])
    func noPatternGrantsWhatHoldsSecrets(_ path: String) {
        #expect(!permits(FileGrants.canonical(path), declared: ["/**"]))
    }

    @Test(arguments: [
        "/proc/meminfo", "/proc/self/stat", "/proc/self/net/dev", "/proc/1/cmdline", "/proc/1/fd", "/proc/sys/vm/mem",
        "/etc/environ", "/environ", "/proc/self/mountinfo",
    ])
    func theRestOfProcCanBeGranted(_ path: String) {
        #expect(permits(FileGrants.canonical(path), declared: ["/**"]))
    }

    @Test func theOwnProcessAndItsThreadsAreSelf() {
        #expect(FileGrants.canonical("/proc/\(getpid())/stat") == "/proc/self/stat")
        #expect(FileGrants.canonical("/proc/thread-self/cmdline") == "/proc/self/cmdline")
        #expect(FileGrants.canonical("/proc/1/stat") == "/proc/1/stat")
        #expect(FileGrants.canonical("/proc/stat") == "/proc/stat")
        let own = Files.threadNumber
        #expect(FileGrants.canonical("/proc/\(own)/cmdline") == "/proc/self/cmdline")
    }

    private func permits(_ path: String, declared: [String], allowed: [String]? = nil) -> Bool {
        var grants = FileGrants(
            declared: declared.compactMap { PathPattern($0) },
            allowed: allowed?.compactMap { PathPattern($0) },
            mounts: false
        )
        return grants.permits(path)
    }
}
