import Foundation
import NIOCore
import Synchronization

@testable import Hub

/// Knows names of a test's own, and can be made to hang.
final class FakeResolver: AddressResolver {
    private struct State {
        var names: [String: [[String]]]
        var hanging: Set<String> = []
        var asked: [String] = []
    }

    private let state: Mutex<State>
    private let gate = DispatchSemaphore(value: 0)

    /// Addresses by name; each question takes the next of a name's answers, and the last one stays.
    init(_ names: [String: [[String]]], hanging: Set<String> = []) {
        state = Mutex(State(names: names, hanging: hanging))
    }

    convenience init(_ names: [String: [String]]) { self.init(names.mapValues { [$0] }) }

    /// The names that were asked for, in that order.
    var asked: [String] { state.withLock { $0.asked } }

    func addresses(of host: String) throws(ResolverError) -> [SocketAddress] {
        let (answer, hangs) = state.withLock { state in
            state.asked.append(host)
            let answers = state.names[host] ?? []
            if answers.count > 1 { state.names[host] = Array(answers.dropFirst()) }
            return (answers.first, state.hanging.contains(host))
        }
        if hangs { gate.wait() }
        guard let answer else { throw ResolverError(reason: "Name or service not known") }
        return answer.compactMap { try? SocketAddress(ipAddress: $0, port: 0) }
    }

    /// Lets one question that hangs have its answer.
    func release() { gate.signal() }
}
