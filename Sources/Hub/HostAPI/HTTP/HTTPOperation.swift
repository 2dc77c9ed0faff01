import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// A request with its redirections, until it has been answered or has failed.
final class HTTPOperation {
    private let instance: PluginInstance
    private let run: CollectRun
    private let sink: any HTTPSink
    private let recorder: RecordingSink?
    private let options: HTTPOptions
    private var method: String
    private var url: RequestURL
    private var body: [UInt8]?
    private var authorization: String?
    private let origin: RequestURL
    private let deadline: NIODeadline?
    private var hops = 0
    private var task: HTTPClient.Task<String?>?
    private var isOver = false
    private let completion: (NetworkError?) -> Void

    /// `completion` gets nil once the sink has had the whole response; it is not called after `cancel`.
    init(
        _ instance: PluginInstance,
        _ run: CollectRun,
        _ request: (method: String, url: RequestURL, body: [UInt8]?),
        _ options: HTTPOptions,
        _ sink: any HTTPSink,
        _ completion: @escaping (NetworkError?) -> Void
    ) {
        self.instance = instance
        self.run = run
        self.options = options
        self.sink = sink
        self.completion = completion
        (method, url, body) = request
        recorder = instance.tape.flatMap { $0.isReplay ? nil : RecordingSink(sink, request, $0) }
        origin = request.url
        authorization =
            options.authorization ?? request.url.credentials.map { HTTPOptions.basic($0.username, $0.password) }
        deadline = options.timeout.map { .now() + TimeAmount(seconds: $0) }
    }

    func start() {
        if let tape = instance.tape, tape.isReplay { return play(tape) }
        dispatch()
    }

    private func dispatch() {
        switch url.destination {
        case .unix(let path):
            guard run.network.permits(unix: path) else {
                return end(.denied("unix:\(path) is not granted, see needs.network"))
            }
            send(at: nil, others: [])
        case .tcp(let endpoint):
            switch run.network.verdict(endpoint) {
            case .denied: end(.notGranted(endpoint))
            case .granted: send(at: nil, others: [])
            case .needsAddress:
                instance.resolve(endpoint, for: run) { [self] result in
                    guard !isOver else { return }
                    switch result {
                    case .failure(let error): end(error)
                    case .success(let addresses): send(at: addresses.first, others: addresses.dropFirst())
                    }
                }
            }
        }
    }

    func cancel() {
        guard !isOver else { return }
        isOver = true
        task?.cancel()
    }

    private func end(_ error: NetworkError?) {
        guard !isOver else { return }
        isOver = true
        run.transcript?.note("http <", error?.text ?? "complete")
        recorder?.end(error)
        completion(error)
    }

    private func play(_ tape: Tape) {
        guard let recorded = tape.response(to: "\(method) \(url.text)", body: body.map(RecordedValue.bytes)) else {
            return end(.denied("\(method) \(url.text) is not in the recorded case"))
        }
        if let refusal = recorded.play(to: sink, url) { return end(.failed("\(url.text): \(refusal)")) }
        end(recorded.error.map(NetworkError.failed))
    }

    /// Sends to the given address, and to the others when it cannot be reached; without one to where the name leads.
    private func send(at address: SocketAddress?, others: ArraySlice<SocketAddress>) {
        var endpoint: Endpoint?
        if case .tcp(let found) = url.destination { endpoint = found }
        let client = instance.http.client(for: endpoint, at: address)
        let reader = ResponseReader(
            url,
            followsRedirects: options.redirects > 0,
            sink: recorder ?? sink,
            for: run,
            on: instance.eventLoop
        )
        let request: HTTPClient.Request
        do {
            request = try HTTPClient.Request(
                url: url.text,
                method: HTTPMethod(rawValue: method),
                headers: headers(),
                body: body.map { .byteBuffer(ByteBuffer(bytes: $0)) },
                tlsConfiguration: options.tls
            )
        } catch {
            return end(.failed("\(url.text): \(error)"))
        }
        run.transcript?.note("http >", "\(method) \(url.text)")
        let task = client.execute(
            request: request,
            delegate: reader,
            eventLoop: .delegateAndChannel(on: instance.eventLoop),
            deadline: deadline
        )
        self.task = task
        task.futureResult.hop(to: instance.eventLoop).assumeIsolated().whenComplete { [self] result in
            instance.http.release(client)
            guard !isOver else { return }
            switch result {
            case .success(nil): end(nil)
            case .success(let location?):
                run.transcript?.note("http <", "\(location)")
                follow(location)
            case .failure(let error as NIOConnectionError) where !others.isEmpty:
                _ = error
                send(at: others.first, others: others.dropFirst())
            case .failure(let error): end(.failed("\(url.text): \(HTTPFailure.reason(error, options.timeout))"))
            }
        }
    }

    private func headers() -> HTTPHeaders {
        var headers = HTTPHeaders([("Host", url.hostHeader), ("Accept-Encoding", "gzip, deflate")])
        if options.headers.allSatisfy({ $0.name.lowercased() != "user-agent" }) {
            headers.add(name: "User-Agent", value: "exporter-hub/\(Version.program)")
        }
        let isSameOrigin = url.hasSameOrigin(as: origin)
        for (name, value) in options.headers {
            let isPrivate = ["authorization", "cookie", "proxy-authorization"].contains(name.lowercased())
            if isSameOrigin || !isPrivate { headers.replaceOrAdd(name: name, value: value) }
        }
        if isSameOrigin, let authorization { headers.replaceOrAdd(name: "Authorization", value: authorization) }
        return headers
    }

    /// Goes where a redirection leads, with the same grants and without credentials for another origin.
    private func follow(_ redirection: String) {
        let code = redirection.prefix(3)
        let location = String(redirection.dropFirst(4))
        hops += 1
        guard hops <= options.redirects else {
            return end(.failed("\(origin.text): more than \(options.redirects) redirections"))
        }
        guard let next = url.redirected(to: location), next.scheme != .unix || url.scheme == .unix else {
            return end(.failed("\(url.text): cannot follow the redirection to \"\(location.prefix(200))\""))
        }
        guard url.scheme != .https || next.scheme == .https else {
            return end(.failed("\(url.text): redirected from https to http"))
        }
        if code == "303" || (code == "301" || code == "302") && method == "POST" {
            method = method == "HEAD" ? "HEAD" : "GET"
            body = nil
        }
        url = next
        dispatch()
    }
}

/// Words for what the client reports.
enum HTTPFailure {
    static func reason(_ error: any Error, _ timeout: Double?) -> String {
        switch error {
        case let refusal as ResponseReader.Refusal: refusal.reason
        case let error as HTTPClientError where error == .deadlineExceeded:
            "no answer within \(timeout.map { "\($0) s" } ?? "the deadline")"
        case let error as HTTPClientError where error == .remoteConnectionClosed:
            "the server closed the connection before its answer was complete"
        case let error as HTTPClientError: error.shortDescription.lowercased()
        case is NIOSSLError, is BoringSSLError: "TLS failed: \(tlsReason(error))"
        default: NetworkError.reason(error)
        }
    }

    /// What BoringSSL calls the reason, as in `certificate verify failed`, out of a text with numbers and source paths.
    private static func tlsReason(_ error: any Error) -> String {
        let text = "\(error)"
        guard let mark = text.firstRange(of: "OPENSSL_internal:") else { return text }
        let reason = text[mark.upperBound...].prefix { $0.isLetter || $0 == "_" }
        return reason.split(separator: "_").joined(separator: " ").lowercased()
    }
}
