import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import RemoteWrite

/// What came of one request.
enum WriteAnswer: Sendable {
    /// `text` is the beginning of the receiver's words.
    case answered(WriteResponse, text: String)
    case failed(String)
}

/// Sends messages to one receiver over kept connections.
///
/// A name is looked up for each new connection and its addresses are raced (RFC 8305).
final class EndpointClient: Sendable {
    private let configuration: EndpointConfiguration
    private let client: HTTPClient
    private let loop: any EventLoop
    private let url: String
    private let host: String
    private let place: String
    private let agent = "exporter-hub/\(Version.program)"

    init(_ configuration: EndpointConfiguration, on loop: any EventLoop) throws {
        self.configuration = configuration
        self.loop = loop
        var options = HTTPClient.Configuration(
            tlsConfiguration: try configuration.tls.configuration(),
            redirectConfiguration: .disallow,
            timeout: .init(connect: min(.seconds(10), TimeAmount(configuration.timeout))),
            decompression: .disabled
        )
        options.connectionPool.retryConnectionEstablishment = false
        options.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = configuration.shards
        options.httpVersion = .http1Only
        guard let parsed = RequestURL(configuration.url), case .tcp(let endpoint) = parsed.destination else {
            throw CommandError("remote_write: \(configuration.name): url cannot be used")
        }
        host = parsed.hostHeader
        place = endpoint.authority
        if let name = configuration.tls.serverName, parsed.scheme == .https {
            // The certificate is asked for by this name, and the connection made to the URL's.
            options.dnsOverride = [name: endpoint.host]
            url = "https://\(name):\(endpoint.port)\(parsed.path)"
        } else {
            url = parsed.text
        }
        client = HTTPClient(eventLoopGroup: loop, configuration: options)
    }

    /// Sends one message; `attempt` counts from 0.
    func send(_ message: WriteMessage, attempt: Int) async -> WriteAnswer {
        let reader = WriteResponseReader()
        do {
            let request = try HTTPClient.Request(
                url: url,
                method: .POST,
                headers: headers(message.writeProtocol, attempt),
                body: .byteBuffer(ByteBuffer(bytes: message.body))
            )
            let task = client.execute(
                request: request,
                delegate: reader,
                eventLoop: .delegate(on: loop),
                deadline: .now() + TimeAmount(configuration.timeout)
            )
            return try await withTaskCancellationHandler {
                try await task.futureResult.get()
            } onCancel: {
                task.cancel()
            }
        } catch {
            // The status is what counts, however the body ends.
            if let answer = reader.answer { return answer }
            let seconds = Double(configuration.timeout.milliseconds) / 1000
            return .failed(HTTPFailure.reason(error, timeout: seconds, place: place))
        }
    }

    private func headers(_ writeProtocol: WriteProtocol, _ attempt: Int) -> HTTPHeaders {
        var headers = HTTPHeaders([
            ("Host", host),
            ("User-Agent", agent),
            ("Content-Encoding", "snappy"),
            ("Content-Type", writeProtocol.contentType),
            ("X-Prometheus-Remote-Write-Version", writeProtocol.version),
        ])
        if attempt > 0 { headers.add(name: "Retry-Attempt", value: "\(attempt)") }
        if let authorization = configuration.authorization {
            headers.add(name: "Authorization", value: authorization.reveal())
        }
        for field in configuration.headers { headers.replaceOrAdd(name: field.name, value: field.value.reveal()) }
        return headers
    }

    func shutdown() async { try? await client.shutdown() }
}

/// Takes the status, a few headers and the beginning of the body; the rest is not wanted.
private final class WriteResponseReader: HTTPClientResponseDelegate, @unchecked Sendable {
    // Checked by hand: the client calls it on its event loop only, and it is read after the request has ended.

    typealias Response = WriteAnswer

    /// Of the body, for the log.
    private static let textLimit = 1024
    /// Of the body, which is read so that the connection can be kept.
    private static let bodyLimit = 64 << 10

    private struct Enough: Error {}

    private var response: WriteResponse?
    private var text: [UInt8] = []
    private var count = 0

    var answer: WriteAnswer? {
        response.map { .answered($0, text: String(decoding: text, as: UTF8.self)) }
    }

    func didReceiveHead(task: HTTPClient.Task<Response>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        let prefix = "X-Prometheus-Remote-Write-"
        response = WriteResponse(
            status: Int(head.status.code),
            samplesWritten: head.headers.first(name: "\(prefix)Samples-Written"),
            histogramsWritten: head.headers.first(name: "\(prefix)Histograms-Written"),
            exemplarsWritten: head.headers.first(name: "\(prefix)Exemplars-Written"),
            retryAfter: head.headers.first(name: "Retry-After")
        )
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveBodyPart(task: HTTPClient.Task<Response>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
        count += buffer.readableBytes
        text.append(contentsOf: buffer.readableBytesView.prefix(Self.textLimit - text.count))
        guard count > Self.bodyLimit else { return task.eventLoop.makeSucceededVoidFuture() }
        return task.eventLoop.makeFailedFuture(Enough())
    }

    func didFinishRequest(task: HTTPClient.Task<Response>) throws -> Response {
        answer ?? .failed("no answer")
    }
}
