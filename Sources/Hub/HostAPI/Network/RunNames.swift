import NIOCore

/// The addresses of the names that a run asks for again and again: each is looked up once, and anew by the next run.
final class RunNames {
    typealias Answer = Result<[SocketAddress], NetworkError>

    private enum State {
        /// Those who wait for the answer.
        case asked([(Answer) -> Void])
        case known([SocketAddress])
    }

    /// Names that are kept; further ones are looked up each time.
    static let limit = 1_000

    private var names: [String: State] = [:]

    /// Gives `completion` the addresses; those who ask while `lookUp` goes on share its answer, a failure, too.
    ///
    /// After a failure whoever asks next looks up again.
    func addresses(
        of host: String,
        _ lookUp: (String, @escaping (Answer) -> Void) -> Void,
        _ completion: @escaping (Answer) -> Void
    ) {
        switch names[host] {
        case .known(let addresses): return completion(.success(addresses))
        case .asked(let waiting):
            names[host] = .asked(waiting + [completion])
            return
        case nil: break
        }
        guard names.count < Self.limit else { return lookUp(host, completion) }
        names[host] = .asked([completion])
        lookUp(host) { [self] answer in
            guard case .asked(let waiting) = names[host] else { return }
            if case .success(let addresses) = answer { names[host] = .known(addresses) } else { names[host] = nil }
            for completion in waiting { completion(answer) }
        }
    }
}
