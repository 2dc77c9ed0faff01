import NIOCore
import NIOHTTP1

/// What a poll came to.
enum PollResult {
    case scrape(ScrapeInstruction, id: String, seconds: Double?)
    /// Answered in time without a scrape: by a relay of ours with 204, or by PushProx's since a newer poll came.
    case nothing
    case failed(String)
}

/// One poll on a channel of its own: sends it, waits for the answer, reads it.
final class PollRequest: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let settings: ClientSettings
    private let name: String
    private let completion: (PollResult, _ isReusable: Bool) -> Void
    private var reader = MessageReader()
    private var status = HTTPResponseStatus.ok
    private var isKeptAlive = false
    private var head: MessageHead?
    private var body = ByteBuffer()
    private var isOver = false
    private weak var channel: (any Channel)?

    init(_ settings: ClientSettings, name: String, _ completion: @escaping (PollResult, _ isReusable: Bool) -> Void) {
        self.settings = settings
        self.name = name
        self.completion = completion
    }

    /// Sends the poll.
    func start(on channel: any Channel) {
        self.channel = channel
        do {
            try channel.pipeline.syncOperations.addHandler(self)
        } catch {
            return finish(.failed("\(error)"), isReusable: false)
        }
        var headers: HTTPHeaders = ["Host": settings.authority, "Content-Length": "\(name.utf8.count)"]
        if let authorization = settings.authorization {
            headers.add(name: "Authorization", value: authorization.reveal())
        }
        let seconds = Int(settings.pollTimeout.nanoseconds / 1_000_000_000)
        PollHeaders(timeoutSeconds: max(1, seconds), services: settings.targets.services(of: name)).add(to: &headers)
        let head = HTTPRequestHead(
            version: .http1_1,
            method: .POST,
            uri: "\(settings.pathPrefix)/poll",
            headers: headers
        )
        channel.write(HTTPClientRequestPart.head(head), promise: nil)
        channel.write(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(string: name))), promise: nil)
        channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
    }

    /// Gives up; nobody is told.
    func cancel() {
        isOver = true
        channel?.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch Self.unwrapInboundIn(data) {
        case .head(let head):
            status = head.status
            // A stream that is closed from here counts as reset, and the relay bears only so many resets.
            isKeptAlive = head.isKeepAlive || head.version.major > 1
        case .body(let bytes): receive(bytes)
        case .end: end()
        }
    }

    private func receive(_ bytes: ByteBuffer) {
        // The page of a front end's error is nothing to parse.
        guard status == .ok, !isOver else { return }
        reader.receive(bytes)
        do throws(WireError) {
            while let event = try reader.next() {
                switch event {
                case .head(let head): self.head = head
                case .body(var piece): body.writeBuffer(&piece)
                case .end: break
                }
            }
            if body.readableBytes > MessageReader.defaultHeadLimit {
                throw .malformed("the scrape's body is too large")
            }
        } catch {
            finish(.failed("the answer to the poll is no scrape: \(error)"), isReusable: false)
        }
    }

    private func end() {
        switch status {
        case .ok: finish(scrape(), isReusable: isKeptAlive)
        case .noContent, .requestTimeout: finish(.nothing, isReusable: isKeptAlive)
        default: finish(.failed("the poll was answered \(status.code) \(status.reasonPhrase)"), isReusable: isKeptAlive)
        }
    }

    private func scrape() -> PollResult {
        guard let head, case .request(let method, let target) = head.start else {
            return .failed("the answer to the poll is no scrape")
        }
        // Go writes the proxy form; anything else still says in Host what is meant.
        let text = target.hasPrefix("/") ? "http://\(head.headers.first(name: "Host") ?? "")\(target)" : target
        guard let url = ScrapeURL(text), let id = head.headers[ScrapeInstruction.idField].last else {
            return .failed("the scrape has no usable URL or no Id")
        }
        let seconds = head.headers.first(name: ScrapeInstruction.timeoutField).flatMap { Double($0) }
        let instruction = ScrapeInstruction(method: method, url: url, headers: head.headers, body: body)
        return .scrape(instruction, id: id, seconds: seconds)
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(.failed("the relay closed the connection"), isReusable: false)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        finish(.failed(Dialler.reason(error)), isReusable: false)
        context.close(promise: nil)
    }

    private func finish(_ result: PollResult, isReusable: Bool) {
        guard !isOver else { return }
        isOver = true
        if isReusable {
            channel?.pipeline.syncOperations.removeHandler(self, promise: nil)
        } else {
            channel?.close(promise: nil)
        }
        completion(result, isReusable)
    }
}
