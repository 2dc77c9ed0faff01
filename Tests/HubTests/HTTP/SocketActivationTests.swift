import Foundation
import Testing

@testable import Hub

@Suite struct SocketActivationTests {
    @Test(
        arguments: [(nil, nil), ("17", nil), ("16", "1"), ("17", "0"), ("17", "-1"), ("x", "1")] as [(String?, String?)]
    )
    func withoutSocketsForThisProcessThereIsAnError(listenPID: String?, listenFDs: String?) throws {
        let activation = SocketActivation(listenPID: listenPID, listenFDs: listenFDs, processID: 17)
        let entry = try ListenAddress("systemd:")
        let error = #expect(throws: ListenError.self) { try Listening(activation: activation).open([entry]) }
        #expect(error?.description == "listen \"systemd:\": no socket activation file descriptors found")
    }

    @Test func aPassedSocketIsTakenOver() throws {
        let passed = try Listening().open([ListenAddress("[::1]:0")])[0]
        defer { passed.close() }
        let activation = SocketActivation(
            listenPID: "17",
            listenFDs: "1",
            processID: 17,
            first: passed.descriptor
        )
        let sockets = try Listening(activation: activation).open([ListenAddress("systemd:")])
        #expect(sockets.map(\.url) == [passed.url])
        #expect(fcntl(passed.descriptor, F_GETFD) & FD_CLOEXEC == FD_CLOEXEC)
    }

    @Test func aPassedFileIsNoSocket() throws {
        let descriptor = open("/dev/null", O_RDONLY)
        defer { close(descriptor) }
        let activation = SocketActivation(listenPID: "17", listenFDs: "1", processID: 17, first: descriptor)
        let entry = try ListenAddress("systemd:")
        let error = #expect(throws: ListenError.self) { try Listening(activation: activation).open([entry]) }
        #expect(
            error?.description
                == "listen \"systemd:\": file descriptor \(descriptor): socket operation on non-socket"
        )
    }
}
