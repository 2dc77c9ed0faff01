import Foundation
import NIOCore
import Synchronization
import Testing

@testable import Hub

/// Where a port must be free again, addresses of 127.53.0.0/16 are used, which no other test takes ports of.
@Suite struct ListeningTests {
    @Test func portZeroTakesOnePortInBothFamilies() throws {
        let sockets = try open(":0")
        defer { close(sockets) }
        #expect(sockets.map { AddressFormatter.host($0.address) } == ["0.0.0.0", "::"])
        #expect(sockets[0].address.port == sockets[1].address.port)
        #expect(sockets[0].address.port != 0)
        #expect(sockets[1].url == "http://[::]:\(sockets[1].address.port ?? 0)")
    }

    @Test func theIPv6SocketLeavesIPv4Alone() throws {
        let sockets = try open("ipv6://:0")
        defer { close(sockets) }
        #expect(sockets.count == 1)
        var only: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        getsockopt(sockets[0].descriptor, CInt(IPPROTO_IPV6), IPV6_V6ONLY, &only, &size)
        #expect(only == 1)
        let port = try #require(sockets[0].address.port)
        close(try open("127.53.0.3:\(port)"))
    }

    @Test func localhostIsEveryLoopbackAddress() throws {
        let sockets = try Listening(resolver: Names(["127.0.0.1"])).open([ListenAddress("localhost:0")])
        defer { close(sockets) }
        #expect(sockets.map { AddressFormatter.host($0.address) } == ["127.0.0.1", "::1"])
    }

    @Test func localhostNeedsNoResolver() throws {
        let sockets = try Listening(resolver: Names([])).open([ListenAddress("ipv6://localhost:0")])
        defer { close(sockets) }
        #expect(sockets.map { AddressFormatter.host($0.address) } == ["::1"])
    }

    @Test func aNameIsBoundOnAllItsAddresses() throws {
        let names = Names(["127.0.0.2", "::1", "127.0.0.3"])
        let sockets = try Listening(resolver: names).open([ListenAddress("hub.home:0")])
        defer { close(sockets) }
        #expect(sockets.map { AddressFormatter.host($0.address) } == ["127.0.0.2", "::1", "127.0.0.3"])
        #expect(Set(sockets.map { $0.address.port }).count == 1)
    }

    @Test func aFamilyCanBeChosen() throws {
        let names = Names(["127.0.0.2", "::1"])
        let sockets = try Listening(resolver: names).open([ListenAddress("ipv4://hub.home:0")])
        defer { close(sockets) }
        #expect(sockets.map { AddressFormatter.host($0.address) } == ["127.0.0.2"])
    }

    @Test func anUnknownNameIsNamed() throws {
        let entry = try ListenAddress("hub.home:80")
        let error = #expect(throws: ListenError.self) { try Listening(resolver: Names([])).open([entry]) }
        #expect(error?.description == "listen \"hub.home:80\": hub.home: unknown in this test")
    }

    @Test func aNameWithoutTheChosenFamilyIsNamed() throws {
        let entry = try ListenAddress("ipv6://hub.home:80")
        let error = #expect(throws: ListenError.self) { try Listening(resolver: Names(["127.0.0.2"])).open([entry]) }
        #expect(error?.description == "listen \"ipv6://hub.home:80\": hub.home: no IPv6 address")
    }

    @Test func anAddressInUseIsNamedAndNothingStaysOpen() throws {
        let taken = try open("127.53.0.2:0")
        defer { close(taken) }
        let port = try #require(taken[0].address.port)
        let names = Names(["127.53.0.1", "127.53.0.2"])
        let entry = try ListenAddress("hub.home:\(port)")
        let error = #expect(throws: ListenError.self) { try Listening(resolver: names).open([entry]) }
        #expect(error?.description == "listen \"hub.home:\(port)\": 127.53.0.2:\(port): address already in use")
        close(try open("127.53.0.1:\(port)"))
    }

    @Test func theFamilyInWhichAPortIsTakenIsNamed() throws {
        let opener = FakeOpener { $0.protocol == .inet6 ? EADDRINUSE : nil }
        let entry = try ListenAddress(":10100")
        let error = #expect(throws: ListenError.self) { try Listening(opener: opener).open([entry]) }
        #expect(error?.description == "listen \":10100\": [::]:10100: address already in use")
    }

    @Test func anAddressOfAnotherMachineIsNamed() throws {
        let error = #expect(throws: ListenError.self) { try open("192.0.2.1:10100") }
        #expect(error?.description == "listen \"192.0.2.1:10100\": 192.0.2.1:10100: cannot assign requested address")
    }

    @Test(arguments: [EAFNOSUPPORT, EADDRNOTAVAIL])
    func aHostWithoutIPv6ServesIPv4(code: CInt) throws {
        let opener = FakeOpener { $0.protocol == .inet6 ? code : nil }
        let sockets = try Listening(opener: opener).open([ListenAddress(":10100"), ListenAddress("localhost:10101")])
        #expect(sockets.map(\.url) == ["http://0.0.0.0:10100", "http://127.0.0.1:10101"])
    }

    @Test func aHostWithoutIPv6CannotServeItAlone() throws {
        let opener = FakeOpener { $0.protocol == .inet6 ? EAFNOSUPPORT : nil }
        let entry = try ListenAddress("ipv6://:10100")
        let error = #expect(throws: ListenError.self) { try Listening(opener: opener).open([entry]) }
        #expect(
            error?.description
                == "listen \"ipv6://:10100\": [::]:10100: address family not supported by protocol"
        )
    }

    @Test func aPortThatIsTakenInTheOtherFamilyIsTriedAnew() throws {
        let opener = FakeOpener { $0.protocol == .inet6 && $0.port ?? 0 < 40_003 ? EADDRINUSE : nil }
        let sockets = try Listening(opener: opener).open([ListenAddress(":0")])
        #expect(sockets.map(\.url) == ["http://0.0.0.0:40003", "http://[::]:40003"])
    }

    @Test func triesForAFreePortEnd() throws {
        let opener = FakeOpener { $0.protocol == .inet6 ? EADDRINUSE : nil }
        let entry = try ListenAddress(":0")
        #expect(throws: ListenError.self) { try Listening(opener: opener).open([entry]) }
        #expect(opener.attempts == 2 * Listening.portAttempts)
    }

    private func open(_ entry: String) throws -> [ListeningSocket] {
        try Listening().open([ListenAddress(entry)])
    }

    private func close(_ sockets: [ListeningSocket]) {
        for socket in sockets { socket.close() }
    }
}

/// Knows one host's addresses.
private struct Names: AddressResolver {
    let texts: [String]

    init(_ texts: [String]) { self.texts = texts }

    func addresses(of host: String) throws(ResolverError) -> [SocketAddress] {
        if texts.isEmpty { throw ResolverError(reason: "unknown in this test") }
        return texts.compactMap { SystemResolver.literal($0) }
    }
}

/// Opens nothing; hands out ports from 40001 on.
private final class FakeOpener: SocketOpener {
    private let refusal: @Sendable (SocketAddress) -> CInt?
    private let state = Mutex((port: 40_000, attempts: 0))

    init(refusal: @escaping @Sendable (SocketAddress) -> CInt?) { self.refusal = refusal }

    var attempts: Int { state.withLock { $0.attempts } }

    func listen(on address: SocketAddress) throws(SocketError) -> ListeningSocket {
        state.withLock { $0.attempts += 1 }
        if let code = refusal(address) { throw SocketError(code: code) }
        var bound = address
        if bound.port == 0 {
            bound.port = state.withLock {
                $0.port += 1
                return $0.port
            }
        }
        return ListeningSocket(descriptor: -1, address: bound, file: nil)
    }
}
