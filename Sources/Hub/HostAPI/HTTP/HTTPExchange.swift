import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// What a request came to, before its body.
struct HTTPHead: Sendable {
    var status: Int
    /// Names in lower case; values of repeated fields joined by a comma.
    var headers: [(name: String, value: String)]
    var url: RequestURL
}

/// Takes a response as it comes.
protocol HTTPSink: AnyObject {
    /// Nil, or why the rest is not wanted.
    func begin(_ head: HTTPHead) -> String?
    /// Nil, or why the rest is not wanted.
    func receive(_ bytes: ByteBuffer) -> String?
}

/// One request on the wire; hands head and body on as they come.
final class ResponseReader: HTTPClientResponseDelegate, @unchecked Sendable {
    // Checked by hand: the client calls the delegate on the plugin's event loop only, where everything else lives.

    /// Nil for a response that was read to its end, or the `Location` of a redirection.
    typealias Response = String?

    /// Bytes of a redirection's body, which is read so that the connection can be kept.
    static let redirectionLimit = 64 << 10

    private let url: RequestURL
    private let followsRedirects: Bool
    private let sink: any HTTPSink
    private let eventLoop: any EventLoop
    private let transcript: RunTranscript?
    private var location: String?
    private var inflater: Inflater?
    private var skipped = 0
    /// The server has begun to answer.
    private(set) var hasHead = false

    init(
        _ url: RequestURL,
        followsRedirects: Bool,
        sink: any HTTPSink,
        for run: CollectRun,
        on eventLoop: any EventLoop
    ) {
        transcript = run.transcript
        self.url = url
        self.followsRedirects = followsRedirects
        self.sink = sink
        self.eventLoop = eventLoop
    }

    /// The sink has had enough.
    struct Refusal: Error {
        let reason: String
    }

    /// A redirection whose body is not worth the wait.
    struct Redirection: Error {
        let location: String
    }

    func didReceiveHead(task: HTTPClient.Task<Response>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        hasHead = true
        if followsRedirects, [301, 302, 303, 307, 308].contains(head.status.code),
            let target = head.headers.first(name: "location")
        {
            location = "\(head.status.code) \(target)"
            return eventLoop.makeSucceededVoidFuture()
        }
        transcript?.note(
            "http <",
            "\(head.status)\n\(head.headers.map { "\($0.name): \($0.value)" }.joined(separator: "\n"))"
        )
        let coding = head.headers[canonicalForm: "content-encoding"].last.map(String.init) ?? ""
        if Inflater.undoes(coding) { inflater = Inflater() }
        var fields: [String: [String]] = [:]
        for field in head.headers { fields[field.name.lowercased(), default: []].append(field.value) }
        let headers = fields.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value.joined(separator: ", ")) }
        return result(sink.begin(HTTPHead(status: Int(head.status.code), headers: headers, url: url)))
    }

    func didReceiveBodyPart(task: HTTPClient.Task<Response>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
        if let location {
            skipped += buffer.readableBytes
            guard skipped > Self.redirectionLimit else { return eventLoop.makeSucceededVoidFuture() }
            return eventLoop.makeFailedFuture(Redirection(location: location))
        }
        return result(inflater?.inflate(buffer, sink.receive) ?? (inflater == nil ? sink.receive(buffer) : nil))
    }

    private func result(_ refusal: String?) -> EventLoopFuture<Void> {
        guard let refusal else { return eventLoop.makeSucceededVoidFuture() }
        return eventLoop.makeFailedFuture(Refusal(reason: refusal))
    }

    func didFinishRequest(task: HTTPClient.Task<Response>) throws -> Response {
        if let reason = inflater?.incompleteness { throw Refusal(reason: reason) }
        return location
    }
}
