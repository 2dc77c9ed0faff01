import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Testing

@testable import Hub

/// A server on free ports of the loopback addresses.
struct RunningServer {
    let sockets: [ListeningSocket]
    let metrics: HTTPMetrics
    private let services: ServiceGroup

    var address: SocketAddress { sockets[0].address }

    /// Begins the graceful shutdown and returns before it ends.
    func shutDown() async { await services.triggerGracefulShutdown() }

    /// Lets `body` use a server that is shut down gracefully afterwards, if `body` has not done so.
    static func run(
        listen: [String] = ["127.0.0.1:0"],
        hub: FakeHub? = nil,
        limits: HTTPLimits = HTTPLimits(),
        _ body: (RunningServer) async throws -> Void
    ) async throws {
        let sockets = try Listening().open(listen.map { try ListenAddress($0) })
        let metrics = HTTPMetrics()
        let logger = Logger(label: "test")
        let server = HTTPServer(
            sockets: sockets,
            group: .singleton,
            service: try hub ?? FakeHub(),
            metrics: metrics,
            logger: logger,
            limits: limits
        )
        let services = ServiceGroup(configuration: .init(services: [.init(service: server)], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            let result: Result<Void, any Error>
            do {
                result = .success(try await body(RunningServer(sockets: sockets, metrics: metrics, services: services)))
            } catch {
                result = .failure(error)
            }
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
            try result.get()
        }
    }
}
