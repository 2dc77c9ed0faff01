import Foundation
import Synchronization
import Testing

@testable import Hub

/// Another program exchanges files for links to secrets while the plugin reads.
@Suite struct FileRaceTests {
    private static let reads = 3000

    private let tree: TemporaryTree

    init() throws {
        tree = try TemporaryTree()
        try tree.write("granted/file", "public")
        try tree.write("granted/folder/file", "public")
        try tree.write("secret/file", "secret")
    }

    @Test func aFileThatIsExchangedForALinkNeverLeaksTheOther() throws {
        try tree.write("granted/spare", "public")
        try tree.link("granted/trap", to: "../secret/file")
        let (name, spare, trap) = (tree.path("granted/name"), tree.path("granted/spare"), tree.path("granted/trap"))
        try race(reading: name) {
            unlink(name)
            link(spare, name)
            // rename(2) of a link takes the place of the file in one step.
            symlink("../secret/file", trap + ".new")
            rename(trap + ".new", name)
        }
    }

    @Test func aFolderThatIsExchangedForALinkNeverLeaksTheOther() throws {
        let (folder, aside) = (tree.path("granted/folder"), tree.path("granted/aside"))
        try race(reading: folder + "/file") {
            rename(folder, aside)
            symlink("../secret", folder)
            unlink(folder)
            rename(aside, folder)
        }
    }

    /// Reads again and again while another thread exchanges what is read.
    private func race(reading path: String, _ exchange: @escaping @Sendable () -> Void) throws {
        let isOver = Flag()
        let hasEnded = DispatchSemaphore(value: 0)
        let thread = Thread {
            while !isOver.isSet { exchange() }
            hasEnded.signal()
        }
        thread.start()
        var answers: [String: Int] = [:]
        for _ in 0..<Self.reads {
            let answer = Files.read(path, granting: [tree.path("granted/**")])
            answers[answer, default: 0] += 1
        }
        isOver.set()
        hasEnded.wait()
        #expect(answers["secret"] == nil)
        #expect(answers.keys.allSatisfy { $0 == "public" || $0.contains("not granted") || $0.contains(": ") })
        // Without both outcomes there was no race to lose.
        #expect(answers["public", default: 0] > 0)
        #expect(answers.count > 1)
    }
}
