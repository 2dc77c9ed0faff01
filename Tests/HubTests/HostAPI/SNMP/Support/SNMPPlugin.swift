import NIOCore
import NIOPosix
import SNMP

@testable import Hub

/// A plugin's thread with its SNMP client, without a script.
final class SNMPPlugin: Sendable {
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let eventLoop: any EventLoop
    private let instance: NIOLoopBoundBox<PluginInstance?>
    private let run: NIOLoopBoundBox<CollectRun?>

    /// `network` is what it is granted.
    init(
        network: [String] = ["127.0.0.1:*", "[::1]:*"],
        resolver: any AddressResolver = SystemResolver()
    ) async throws {
        eventLoop = group.next()
        instance = .makeEmptyBox(eventLoop: eventLoop)
        run = .makeEmptyBox(eventLoop: eventLoop)
        var environment = PluginEnvironment(configuration: try decodeConfiguration(""), logger: RecordedLog().logger)
        environment.resolver = resolver
        let source = PluginSource(name: "test", path: "/plugins/test.lua", files: [])
        try await eventLoop.submit { [self, environment] in
            let instance = try PluginInstance(
                source: source,
                environment: environment,
                eventLoop: eventLoop,
                executing: ExecutingRun(),
                memory: HostMemory()
            )
            instance.network.declared = network.compactMap(NetworkPattern.init)
            self.instance.value = instance
            run.value = CollectRun(1, RunRequest(RunKey(target: 0, run: 1)), in: instance) { _ in }
        }.get()
    }

    /// Closes what is open.
    func shutdown() async throws {
        try await eventLoop.flatSubmit { [self] in
            instance.value?.snmp.shutdown() ?? eventLoop.makeSucceededVoidFuture()
        }.get()
        try await eventLoop.submit { [self] in
            run.value = nil
            instance.value = nil
        }.get()
        try await group.shutdownGracefully()
    }

    /// What is asked from now on belongs to another run.
    func beginRun() async throws {
        try await eventLoop.submit { [self] in
            guard let instance = instance.value else { return }
            run.value = CollectRun(2, RunRequest(RunKey(target: 0, run: 2)), in: instance) { _ in }
        }.get()
    }

    /// Does something with the client on its thread.
    func with<Value: Sendable>(
        _ body: @escaping @Sendable (SNMPClient, CollectRun) throws -> Value
    ) async throws -> Value {
        try await eventLoop.submit { [self] in
            guard let instance = instance.value, let run = run.value else { throw ChannelError.alreadyClosed }
            return try body(instance.snmp, run)
        }.get()
    }

    func get(_ names: [String], from agent: SNMPAgent) async throws -> Result<[VariableBinding], SNMPFailure> {
        let promise = eventLoop.makePromise(of: Result<[VariableBinding], SNMPFailure>.self)
        try await with { client, run in
            _ = client.get(names.compactMap { ObjectIdentifier($0) }, from: agent, for: run) { promise.succeed($0) }
        }
        return try await promise.futureResult.get()
    }

    /// What a walk brought, and why it failed.
    func walk(_ root: String, of agent: SNMPAgent) async throws -> ([VariableBinding], SNMPFailure?) {
        let promise = eventLoop.makePromise(of: ([VariableBinding], SNMPFailure?).self)
        try await with { client, run in
            var found: [VariableBinding] = []
            _ = client.walk(ObjectIdentifier(root) ?? ObjectIdentifier([0, 0]), of: agent, for: run) {
                found += $0
                return true
            } _: {
                promise.succeed((found, $0))
            }
        }
        return try await promise.futureResult.get()
    }
}
