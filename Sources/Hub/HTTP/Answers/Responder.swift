import HTTPTypes
import HummingbirdCore
import NIOCore

/// Answers requests: finds the page, has it made, compresses it and writes it in one go.
struct Responder: Sendable {
    let service: any HubService
    let metrics: HTTPMetrics
    private let bodies: BodyBudget
    private let compressor = SharedCompressor()

    init(service: any HubService, metrics: HTTPMetrics, bodies: BodyBudget) {
        self.service = service
        self.metrics = metrics
        self.bodies = bodies
    }

    // Concurrent as Hummingbird's own functions are, since the writer cannot cross to another isolation. The task's
    // executor preference still keeps it on the connection's thread.
    @concurrent
    func respond(to request: Request, writer: consuming ResponseWriter, channel: any Channel) async throws {
        metrics.requestStarted()
        defer { metrics.requestEnded() }
        let (head, body) = try await answer(request, channel.remoteAddress)
        try await writer.write(
            response: head,
            body: body.readableBytes == 0 ? ResponseBody() : ResponseBody(byteBuffer: body)
        )
    }

    /// Answers a request that is there as a whole, without a connection to the server.
    @concurrent
    func respond(to request: Request) async -> (HTTPResponse, ByteBuffer) {
        metrics.requestStarted()
        defer { metrics.requestEnded() }
        do {
            return try await answer(request, nil)
        } catch {
            return finish(.text(.badRequest, "\(error)"), for: request)
        }
    }

    @concurrent
    private func answer(_ request: Request, _ remote: SocketAddress?) async throws -> (HTTPResponse, ByteBuffer) {
        let (route, reply) = try await makeReply(request, remote)
        let (head, body) = finish(reply, for: request)
        metrics.answered(route?.label ?? "other", code: head.status.code, bytes: body.readableBytes)
        return (head, body)
    }

    @concurrent
    private func makeReply(_ request: Request, _ remote: SocketAddress?) async throws -> (Route?, Reply) {
        let target: RequestTarget
        do {
            target = try RequestTarget(request.head.path ?? "/")
        } catch {
            return (nil, .badRequest(error))
        }
        guard let route = Route(path: target.path) else { return (nil, .notFound(target.path)) }
        guard route.methods.contains(request.method) else { return (route, .notAllowed(request.method, on: route)) }
        guard request.method == .post || request.method == .put, route.takesBody else {
            return (route, await makeReply(route, target, request, nil, remote))
        }
        guard let body = try await RequestBody.collect(request.body, bodies) else {
            return (route, .text(.serviceUnavailable, "too many bodies are being received"))
        }
        return (route, await makeReply(route, target, request, body, remote))
    }

    private func makeReply(
        _ route: Route,
        _ target: RequestTarget,
        _ request: Request,
        _ body: RequestBody?,
        _ remote: SocketAddress?
    ) async -> Reply {
        switch route {
        case .page: StatusPage.reply(await service.status())
        case .metrics: await MetricsPage(service: service).reply(target, request.headers, remote)
        case .probe: await ProbePage(service: service).reply(target, request.headers)
        case .federate: await FederatePage(service: service).reply(target, body?.bytes, request.headers)
        case .discovery:
            DiscoveryPage(status: await service.status()).reply(target, authority: request.head.authority)
        case .snmp: await SNMPPage(service: service).reply(target, request.headers)
        case .push, .pushedMetrics, .wipe: await makePushReply(route, target, request, body)
        case .status: StatusDocument.reply(await service.status(), isPushgateway: service.pushes != nil)
        case .healthy: .text(.ok, "healthy")
        case .ready: await service.isReady ? .text(.ok, "ready") : .text(.serviceUnavailable, "not ready")
        case .reload: Self.reply(await service.reload())
        case .icon: Reply(status: .noContent)
        }
    }

    private func makePushReply(
        _ route: Route,
        _ target: RequestTarget,
        _ request: Request,
        _ body: RequestBody?
    ) async -> Reply {
        guard let store = service.pushes else {
            return .text(.notFound, "pushes are not enabled: push.enabled in the configuration")
        }
        switch route {
        case .pushedMetrics: return PushDocument.reply(store.groups(at: Clock.unixSeconds()))
        case .wipe where store.configuration.adminAPI: return await PushPage(store: store).wipe(request.headers)
        case .wipe: return .text(.notFound, "the admin API is not enabled: push.admin_api in the configuration")
        default: return await PushPage(store: store).reply(request.method, target, request.headers, body)
        }
    }

    private static func reply(_ report: ReloadReport) -> Reply {
        report.problems.isEmpty
            ? .text(.ok, "reloaded") : .text(.internalServerError, report.problems.joined(separator: "\n"))
    }

    /// Compresses the body where the client takes that, and adds the headers that every answer has.
    private func finish(_ reply: Reply, for request: Request) -> (HTTPResponse, ByteBuffer) {
        var fields = reply.fields
        var body = reply.body
        fields[.date] = HTTPDate.now()
        fields[.xContentTypeOptions] = "nosniff"
        if body.readableBytes >= GzipCompressor.smallestBody {
            fields[.vary] = fields[.vary].map { $0 + ", Accept-Encoding" } ?? "Accept-Encoding"
            if ContentCoding.acceptsGzip(request.headers[.acceptEncoding]), let packed = compressor.compress(body) {
                body = packed
                fields[.contentEncoding] = "gzip"
            }
        }
        if reply.status != .noContent { fields[.contentLength] = String(body.readableBytes) }
        if request.method == .head { body.clear() }
        return (HTTPResponse(status: reply.status, headerFields: fields), body)
    }
}
