import Foundation
import NIOCore
import Testing

@testable import Hub

@Suite struct UnixSocketTests {
    @Test func aSocketFileServesItsOwnerAndGroupAndIsRemoved() async throws {
        try await withFolder { folder in
            let path = folder + "/hub.sock"
            try await RunningServer.run(listen: ["unix:\(path)"]) { server in
                let attributes = try FileManager.default.attributesOfItem(atPath: path)
                #expect(attributes[.posixPermissions] as? Int == 0o660)
                #expect(try await TestClient.get("/-/healthy", at: server.address).text == "healthy\n")
                #expect(server.sockets[0].url == "unix:\(path)")
            }
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test func aFileLeftBehindIsReplaced() async throws {
        try await withFolder { folder in
            let path = folder + "/hub.sock"
            let left = try UnixSocket.listen(path: path, mode: 0o660)
            close(left.descriptor)
            try await RunningServer.run(listen: ["unix:\(path)"]) { server in
                let answer = try await TestClient.get("/-/healthy", at: server.address)
                #expect(answer.status == 200)
            }
        }
    }

    @Test func aFileThatSomebodyAnswersOnIsLeftAlone() async throws {
        try await withFolder { folder in
            let path = folder + "/hub.sock"
            let first = try UnixSocket.listen(path: path, mode: 0o660)
            defer { first.close() }
            let error = #expect(throws: ListenError.self) { try Listening().open([ListenAddress("unix:\(path)")]) }
            #expect(error?.description == "listen \"unix:\(path)\": \(path): address already in use")
            #expect(SocketFile(path: path) == first.file)
        }
    }

    @Test func aFileThatIsNoSocketIsLeftAlone() async throws {
        try await withFolder { folder in
            let path = folder + "/notes"
            try Data("keep".utf8).write(to: URL(fileURLWithPath: path))
            #expect(throws: SocketError.addressInUse) { try UnixSocket.listen(path: path, mode: 0o660) }
            #expect(FileManager.default.contents(atPath: path) == Data("keep".utf8))
        }
    }

    @Test func theFileOfASuccessorIsNotRemoved() async throws {
        try await withFolder { folder in
            let path = folder + "/hub.sock"
            let first = try UnixSocket.listen(path: path, mode: 0o660)
            try FileManager.default.moveItem(atPath: path, toPath: path + ".old")
            let second = try UnixSocket.listen(path: path, mode: 0o660)
            first.close()
            #expect(SocketFile(path: path) == second.file)
            second.close()
        }
    }

    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }
}
