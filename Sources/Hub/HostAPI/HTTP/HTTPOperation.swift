import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix

/// A request with its redirections, until it has been answered or has failed.
final class HTTPOperation {
    /// Methods that may be sent again when a kept connection turns out to be closed (RFC 9110 section 9.2.2).
    private static let idempotent: Set<String> = ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]

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
    private var dialling: DialAttempt?
    private let reservation: Reservation
    private var isOver = false
    /// Of the body that is sent, once here and once on its way.
    private let hold: MemoryHold
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
        reservation = instance.connections.reserve()
        hold = MemoryHold(.bodies, of: instance)
        hold.set(2 * (request.body?.count ?? 0), for: run)
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
                return end(refused(.denied("unix:\(path) is not granted, see needs.network")))
            }
            send(to: nil)
        case .tcp(let endpoint):
            if IPAddress(endpoint.host) != nil {
                let isGranted = run.network.verdict(endpoint) == .granted
                return isGranted ? send(to: nil) : end(refused(.notGranted(endpoint)))
            }
            instance.resolve(endpoint, for: run, within: deadline.map { $0 - .now() }) { [self] result in
                guard !isOver else { return }
                switch result {
                case .failure(let error): end(refused(error))
                case .success(let addresses): choose(addresses, of: endpoint)
                }
            }
        }
    }

    /// What a redirection leads to is the server's doing, not the script's.
    private func refused(_ error: NetworkError) -> NetworkError {
        hops == 0 ? error : .failed("\(origin.text): redirected to \(url.text): \(error.text)")
    }

    func cancel() {
        guard !isOver else { return }
        isOver = true
        reservation.release()
        dialling?.cancel()
        task?.cancel()
    }

    private func end(_ error: NetworkError?) {
        guard !isOver else { return }
        isOver = true
        reservation.release()
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

    /// Sends to the address that was reached last, or to the one that is reached first.
    private func choose(_ addresses: [SocketAddress], of endpoint: Endpoint) {
        if let address = instance.http.preferred(addresses, of: endpoint) {
            return send(to: address, others: addresses.filter { $0 != address })
        }
        let limit = min(deadline.map { $0 - .now() } ?? .hours(1), TimeAmount(seconds: PluginInstance.connectTimeout))
        dialling = instance.findReachable(addresses, of: endpoint, within: limit) { [self] result in
            guard !isOver else { return }
            switch result {
            case .failure(let error): end(error)
            case .success(let address): send(to: address)
            }
        }
    }

    /// Sends to the address of a name; when it cannot be reached, looks which of the others can.
    private func send(to address: SocketAddress?, others: [SocketAddress] = [], isAgain: Bool = false) {
        var endpoint: Endpoint?
        if case .tcp(let found) = url.destination { endpoint = found }
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
                tlsConfiguration: url.hasSameOrigin(as: origin) ? options.tls : options.tlsForOthers
            )
        } catch {
            return end(.failed("\(url.text): \(error)"))
        }
        run.transcript?.note("http >", "\(method) \(url.text)")
        let lease = instance.http.lease(endpoint, at: address, isFresh: isAgain)
        let task = lease.client.execute(
            request: request,
            delegate: reader,
            // The client has no other event loop. Asked for this one by name, it would keep no connection.
            eventLoop: .delegate(on: instance.eventLoop),
            deadline: deadline
        )
        self.task = task
        task.futureResult.hop(to: instance.eventLoop).assumeIsolated().whenComplete { [self] result in
            instance.http.giveBack(lease)
            guard !isOver else { return }
            if let endpoint, let address { instance.http.note(reader.hasHead ? address : nil, of: endpoint) }
            switch result {
            case .success(nil): end(nil)
            case .success(let location?): follow(location)
            case .failure(let redirection as ResponseReader.Redirection): follow(redirection.location)
            case .failure(let error):
                if let endpoint, let address, !others.isEmpty, !reader.hasHead, HTTPFailure.isUnreachable(error) {
                    return choose([address] + others, of: endpoint)
                }
                if !isAgain, !reader.hasHead, Self.idempotent.contains(method), HTTPFailure.isStaleConnection(error) {
                    return send(to: address, others: others, isAgain: true)
                }
                let place = address.flatMap { at in endpoint.map { AddressFormatter.endpoint(at.at(port: $0.port)) } }
                let reason = HTTPFailure.reason(
                    error,
                    timeout: options.timeout,
                    place: place ?? endpoint?.authority ?? "the socket"
                )
                end(.failed("\(url.text): \(reason)"))
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
            let isPrivate = ["authorization", "cookie", "host", "proxy-authorization"].contains(name.lowercased())
            if isSameOrigin || !isPrivate { headers.replaceOrAdd(name: name, value: value) }
        }
        if isSameOrigin, let authorization { headers.replaceOrAdd(name: "Authorization", value: authorization) }
        return headers
    }

    /// Goes where a redirection leads, with the same grants and without credentials for another origin.
    private func follow(_ redirection: String) {
        run.transcript?.note("http <", redirection)
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
