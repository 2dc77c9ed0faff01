import Foundation
import Testing

@testable import Hub

@Suite struct FileOpenerTests {
    private let tree: TemporaryTree

    init() throws {
        tree = try TemporaryTree()
        try tree.write("granted/file", "content")
        try tree.write("granted/sub/deep", "deep")
        try tree.write("secret/file", "secret")
    }

    private func read(_ path: String, granting patterns: [String]? = nil) -> String {
        let patterns = patterns ?? [tree.path("granted/**")]
        return Files.read(path, granting: patterns)
    }

    @Test func aGrantedFileIsRead() {
        #expect(read(tree.path("granted/file")) == "content")
        #expect(read(tree.path("granted//./sub/deep")) == "deep")
    }

    @Test func aFileThatIsNotGrantedIsRefused() {
        let path = tree.path("secret/file")
        #expect(read(path) == "file access to \"\(path)\" is not granted")
    }

    @Test func dotsDoNotLeadOut() {
        let path = tree.path("granted/../secret/file")
        #expect(read(path) == "path must be absolute and must not contain \"..\", got \"\(path)\"")
    }

    @Test func aSymbolicLinkThatStaysInsideIsFollowed() throws {
        try tree.link("granted/link", to: "sub/deep")
        try tree.link("granted/folder", to: tree.path("granted/sub"))
        #expect(read(tree.path("granted/link")) == "deep")
        #expect(read(tree.path("granted/folder/deep")) == "deep")
    }

    @Test(arguments: ["link", "folder/file", "chain"])
    func aSymbolicLinkThatLeadsOutIsRefused(name: String) throws {
        try tree.link("granted/link", to: "../secret/file")
        try tree.link("granted/folder", to: tree.path("secret"))
        try tree.link("granted/chain", to: "link")
        let path = tree.path("granted/\(name)")
        let message = "file access to \"\(path)\" (\"\(tree.path("secret/file"))\") is not granted"
        #expect(read(path) == message)
    }

    @Test func aSymbolicLinkIntoTheGrantsIsNoWayAroundThem() throws {
        try tree.link("outside", to: "granted")
        let path = tree.path("outside/file")
        #expect(read(path) == "file access to \"\(path)\" is not granted")
        #expect(read(path, granting: [tree.path("outside/*")]).hasSuffix("is not granted"))
        #expect(read(path, granting: [tree.path("outside/*"), tree.path("granted/*")]) == "content")
    }

    @Test func aMissingFileSaysSo() {
        let path = tree.path("granted/none")
        #expect(read(path) == "\(path): No such file or directory")
        try? tree.link("granted/dangling", to: "none")
        #expect(read(tree.path("granted/dangling")).hasSuffix(": No such file or directory"))
        try? tree.link("granted/loop", to: "loop")
        #expect(read(tree.path("granted/loop")).hasSuffix(": Too many levels of symbolic links"))
    }

    @Test func aFIFOIsNotOpened() {
        let path = tree.path("granted/fifo")
        #expect(mkfifo(path, 0o600) == 0)
        #expect(read(path) == "\(path): is a fifo, not a regular file")
    }

    @Test func aFolderIsNoFile() {
        let path = tree.path("granted/sub")
        #expect(read(path) == "\(path): is a directory, not a regular file")
    }

    @Test func devicesAreNotOpened() throws {
        #expect(read("/dev/zero", granting: ["/dev/*"]) == "/dev/zero: is a char, not a regular file")
        try tree.link("granted/device", to: "/dev/zero")
        let path = tree.path("granted/device")
        #expect(read(path) == "file access to \"\(path)\" (\"/dev/zero\") is not granted")
        #expect(read(path, granting: ["/**"]) == "\(path): is a char, not a regular file")
    }

    @Test(arguments: [
        "/proc/self/environ", "/proc/thread-self/environ", "/proc/self/task/1/environ", "/proc/self/cmdline",
        "/proc/self/root/proc/self/environ", "/proc/1/root/etc/shadow", "/proc/self/root/etc/shadow",
        "/proc/self/cwd/x", "/proc/self/fd/0", "/dev/fd/0", "/dev/stdin", "/proc/1/environ",
    ])
    func theOwnProcessIsNoWayOut(path: String) {
        let answer = read(path, granting: ["/**"])
        let isRefused =
            answer.hasSuffix("is not granted") || answer.hasSuffix("Too many levels of symbolic links")
            || answer.hasSuffix("Permission denied")
        #expect(isRefused, "\(answer.prefix(100))")
    }

    @Test func theEnvironmentIsNotReadByTheNumberOfAThread() {
        let thread = Files.threadNumber
        for path in ["/proc/\(thread)/environ", "/proc/\(thread)/cmdline", "/proc/\(getpid())/environ"] {
            #expect(read(path, granting: ["/**"]) == "file access to \"\(path)\" is not granted")
        }
    }

    @Test func procAndSysAreRead() {
        #expect(read("/proc/self/stat", granting: ["/proc/self/stat"]).contains("("))
        #expect(read("/proc/\(getpid())/stat", granting: ["/proc/self/stat"]).contains("("))
        #expect(read("/proc/loadavg", granting: ["/proc/*"]).split(separator: " ").count == 5)
    }

    @Test func pathsLongerThanTheKernelTakesAreNotTried() {
        let answer = read("/" + String(repeating: "a/", count: 5000), granting: ["/**"])
        #expect(answer.hasSuffix("...: File name too long"))
        #expect(answer.utf8.count < 200)
    }

    @Test func whatIsLargerThanTheLimitIsNotRead() throws {
        let path = try tree.write("granted/large", String(repeating: "x", count: 100_000))
        let patterns = [tree.path("granted/*")]
        #expect(Files.read(path, granting: patterns, limit: 99_999) == "\(path): larger than 99999 bytes")
        #expect(Files.read(path, granting: patterns, limit: 100_000).count == 100_000)
    }
}

/// Reads files as a plugin would.
enum Files {
    /// The kernel's number of the calling thread.
    static var threadNumber: String {
        let link = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")) ?? ""
        return link.split(separator: "/").last.map(String.init) ?? ""
    }

    /// The content, or the text of the error.
    static func read(_ path: String, granting patterns: [String], limit: Int = 1 << 20) -> String {
        var grants = FileGrants(declared: patterns.compactMap { PathPattern($0) }, allowed: nil, mounts: false)
        var reader = FileReader()
        do throws(FileError) {
            let file = try FileOpener.openFile(path, &grants)
            return try reader.read(file, path: path, limit: limit) { String(decoding: $0, as: UTF8.self) }
        } catch {
            return error.text
        }
    }
}
