import NIOCore
import NIOPosix

extension PluginInstance {
    /// Seconds for a name to be resolved and a connection to be made, where the caller gives no time.
    static let connectTimeout = 10.0
    /// Addresses of one name that are tried.
    static let addressLimit = 16

    /// The addresses of an endpoint that may be used, looked up on another thread when it is a name.
    ///
    /// Nobody waits after the deadline, however long the resolver does. With `oncePerRun` a name that the run has looked up
    /// in this way before keeps its addresses; what is granted is looked at each time.
    func resolve(
        _ endpoint: Endpoint,
        for run: CollectRun,
        within limit: TimeAmount? = nil,
        oncePerRun: Bool = false,
        _ completion: @escaping (Result<[SocketAddress], NetworkError>) -> Void
    ) {
        let grants = run.network
        guard grants.verdict(endpoint) != .denied else { return completion(.failure(.notGranted(endpoint))) }
        let use: (Result<[SocketAddress], NetworkError>) -> Void = { result in
            completion(
                result.flatMap { found in
                    let addresses = grants.permitted(found, of: endpoint)
                    guard addresses.isEmpty else { return .success(Array(addresses.prefix(Self.addressLimit))) }
                    let list = found.map { AddressFormatter.host($0) }.joined(separator: ", ")
                    return .failure(.denied("\(endpoint) is not granted with any of its addresses (\(list))"))
                }
            )
        }
        if let address = SystemResolver.literal(endpoint.host) { return use(.success([address])) }
        var isOver = false
        let timer = limit.map { limit in
            eventLoop.assumeIsolated().scheduleTask(in: limit) {
                isOver = true
                use(.failure(.failed("cannot resolve \(endpoint.host): no answer within \(limit.roundSeconds) s")))
            }
        }
        let found: (RunNames.Answer) -> Void = { result in
            guard !isOver else { return }
            timer?.cancel()
            use(result)
        }
        guard oncePerRun else { return lookUp(endpoint.host, found) }
        run.names.addresses(of: endpoint.host, lookUp, found)
    }

    /// Asks the resolver; whether the name may be asked for is the caller's business.
    func lookUp(_ host: String, _ completion: @escaping (Result<[SocketAddress], NetworkError>) -> Void) {
        let resolver = environment.resolver
        blocking.run(limit: BlockingCalls.lookupLimit) {
            do throws(ResolverError) {
                var seen: Set<SocketAddress> = []
                let addresses = try resolver.completeAddresses(of: host).filter { seen.insert($0).inserted }
                return Result<[SocketAddress], NetworkError>.success(addresses)
            } catch {
                return .failure(.failed("cannot resolve \(host): \(error.reason.lowercased())"))
            }
        } completion: { result in
            completion(result ?? .failure(.failed("cannot resolve \(host): too many names wait for an answer")))
        }
    }

    /// Connects to the first of an endpoint's addresses that answers.
    ///
    /// The answer is what gives up; `completion` is then not called.
    func dial(
        _ endpoint: Endpoint,
        for run: CollectRun,
        timeout: Double?,
        _ completion: @escaping (Result<any ByteStream, NetworkError>) -> Void
    ) -> DialAttempt {
        let attempt = DialAttempt(eventLoop, connections.reserve())
        if let tape, tape.isReplay { return attempt.play("\(endpoint)", tape, secrets, completion) }
        let completion = observed("\(endpoint)", run, completion)
        let limit = TimeAmount(seconds: timeout ?? Self.connectTimeout)
        let deadline = NIODeadline.now() + limit
        resolve(endpoint, for: run, within: limit) { [weak self] result in
            guard let self, !attempt.isOver else { return }
            switch result {
            case .failure(let error): attempt.finish { completion(.failure(error)) }
            case .success(let addresses):
                connect(attempt, to: addresses, of: endpoint, within: deadline - .now(), completion)
            }
        }
        return attempt
    }

    /// Finds the address that answers first, for whoever can connect to one only.
    func findReachable(
        _ addresses: [SocketAddress],
        of endpoint: Endpoint,
        within limit: TimeAmount,
        _ completion: @escaping (Result<SocketAddress, NetworkError>) -> Void
    ) -> DialAttempt {
        let attempt = DialAttempt(eventLoop, connections.reserve())
        connect(attempt, to: addresses, of: endpoint, within: limit) { result in
            completion(
                result.flatMap { stream in
                    defer { stream.close() }
                    let address = (stream as? SocketStream)?.address
                    return address.map { .success($0.at(port: 0)) } ?? .failure(.failed("\(endpoint): closed"))
                }
            )
        }
        return attempt
    }

    private func connect(
        _ attempt: DialAttempt,
        to addresses: [SocketAddress],
        of endpoint: Endpoint,
        within limit: TimeAmount,
        _ completion: @escaping (Result<any ByteStream, NetworkError>) -> Void
    ) {
        let list = addresses.map { AddressFormatter.endpoint($0.at(port: endpoint.port)) }.joined(separator: ", ")
        attempt.expire(at: .now() + limit) {
            let text = "cannot connect to \(endpoint): no answer within \(limit.roundSeconds) s (tried \(list))"
            completion(.failure(.failed(text)))
        }
        let bootstrap = Self.bootstrap(eventLoop, attempt)
            .resolver(FixedResolver(addresses: addresses, eventLoop: eventLoop))
        attempt.wait(for: bootstrap.connect(host: endpoint.host, port: endpoint.port), "\(endpoint)", completion)
    }

    /// Connects to a socket file.
    func dial(
        unix path: String,
        for run: CollectRun,
        timeout: Double?,
        _ completion: @escaping (Result<any ByteStream, NetworkError>) -> Void
    ) -> DialAttempt {
        let attempt = DialAttempt(eventLoop, connections.reserve())
        guard run.network.permits(unix: path) else {
            attempt.cancel()
            completion(.failure(.denied("unix:\(path) is not granted, see needs.network")))
            return attempt
        }
        if let tape, tape.isReplay { return attempt.play("unix:\(path)", tape, secrets, completion) }
        let completion = observed("unix:\(path)", run, completion)
        let limit = TimeAmount(seconds: timeout ?? Self.connectTimeout)
        attempt.expire(at: .now() + limit) {
            completion(.failure(.failed("cannot connect to unix:\(path): no answer within \(limit.roundSeconds) s")))
        }
        let bootstrap = Self.bootstrap(eventLoop, attempt)
        attempt.wait(for: bootstrap.connect(unixDomainSocketPath: path), "unix:\(path)", completion)
        return attempt
    }

    /// Notes how it went, and writes down what goes over the connection where the run is recorded.
    private func observed(
        _ place: String,
        _ run: CollectRun,
        _ completion: @escaping (Result<any ByteStream, NetworkError>) -> Void
    ) -> (Result<any ByteStream, NetworkError>) -> Void {
        { [tape] result in
            switch result {
            case .failure(let error):
                run.transcript?.note("connect", error.text)
                _ = tape?.open(place, error: error.text)
                completion(result)
            case .success(let stream):
                run.transcript?.note("connect", "\(place) at \(stream.peer)")
                completion(
                    .success(
                        tape.flatMap { tape in tape.open(place).map { RecordingStream(stream, tape, $0) } } ?? stream
                    )
                )
            }
        }
    }

    private static func bootstrap(_ eventLoop: any EventLoop, _ attempt: DialAttempt) -> ClientBootstrap {
        let bound = NIOLoopBound(attempt, eventLoop: eventLoop)
        return ClientBootstrap(group: eventLoop)
            // The attempt's own limit, which says what was tried, comes first.
            .connectTimeout(.hours(24))
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try bound.value.prepare(channel) }
            }
    }
}

/// One try to connect, with all its sockets.
final class DialAttempt {
    private let eventLoop: any EventLoop
    private var channels: [any Channel] = []
    private var timer: Scheduled<Void>?
    private let reservation: Reservation
    private(set) var isOver = false

    init(_ eventLoop: any EventLoop, _ reservation: Reservation) {
        self.eventLoop = eventLoop
        self.reservation = reservation
    }

    /// Gives up at the deadline, then calls `body`.
    fileprivate func expire(at deadline: NIODeadline, _ body: @escaping () -> Void) {
        timer = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [self] in
            guard !isOver else { return }
            cancel()
            body()
        }
    }

    fileprivate func prepare(_ channel: any Channel) throws {
        guard !isOver else { throw ChannelError.ioOnClosedChannel }
        channels.append(channel)
        try channel.pipeline.syncOperations.addHandler(SocketStream())
    }

    fileprivate func wait(
        for connection: EventLoopFuture<any Channel>,
        _ place: String,
        _ completion: @escaping (Result<any ByteStream, NetworkError>) -> Void
    ) {
        connection.assumeIsolated().whenComplete { [self] result in
            let stream = result.flatMap { channel in
                Result { try channel.pipeline.syncOperations.handler(type: SocketStream.self) }
            }
            guard !isOver else { return (try? stream.get())?.close() ?? () }
            finish {
                switch stream {
                case .success(let stream): completion(.success(stream))
                case .failure(let error):
                    completion(.failure(.failed("cannot connect to \(place): \(NetworkError.reason(error))")))
                }
            }
        }
    }

    fileprivate func finish(_ body: () -> Void) {
        end()
        body()
    }

    private func end() {
        isOver = true
        timer?.cancel()
        reservation.release()
        channels = []
    }

    /// Opens a connection of a recorded case.
    fileprivate func play(
        _ place: String,
        _ tape: Tape,
        _ secrets: SecretRegistry,
        _ completion: @escaping (Result<any ByteStream, NetworkError>) -> Void
    ) -> DialAttempt {
        end()
        guard let recorded = tape.stream(to: place) else {
            completion(.failure(.denied("connection to \(place) is not in the recorded case")))
            return self
        }
        if let error = recorded.error {
            completion(.failure(.failed(error)))
        } else {
            completion(.success(ReplayedStream(recorded, eventLoop: eventLoop, redact: secrets.redact)))
        }
        return self
    }

    /// Closes the sockets; nothing is reported any more.
    func cancel() {
        guard !isOver else { return }
        let open = channels
        end()
        for channel in open { channel.close(promise: nil) }
    }
}
