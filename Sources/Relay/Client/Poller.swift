import NIOCore

/// Polls under one name for as long as the client runs.
final class Poller {
    /// How long a poll may go on after it was renewed; PushProx's proxy ends the old one when the new one comes.
    private static let overlap = TimeAmount.seconds(10)

    private unowned let client: RelayClient
    private let name: String
    private var schedule = PollSchedule()
    private var timer: Scheduled<Void>?
    /// The newest poll, and the one before it that has not ended yet.
    private var polls: [PollRequest] = []
    private var isStopped = false

    init(_ client: RelayClient, name: String) {
        self.client = client
        self.name = name
    }

    private var eventLoop: any EventLoop { client.eventLoop }

    func poll() {
        guard !isStopped else { return }
        let start = NIODeadline.now()
        client.transport.open().assumeIsolated().whenComplete { [self] result in
            guard !isStopped else { return }
            switch result {
            case .failure(let error): failed("cannot connect: \(Dialler.reason(error))", since: start)
            case .success(let channel): begin(on: channel, since: start)
            }
        }
    }

    private func begin(on channel: any Channel, since start: NIODeadline) {
        var request: PollRequest?
        let poll = PollRequest(client.settings, name: name) { [self] result, isReusable in
            let isCurrent = polls.last === request
            polls.removeAll { $0 === request }
            request = nil
            client.metrics.update { $0.waitingPolls -= 1 }
            if isReusable { client.transport.release(channel, isReusable: true) }
            finished(result, since: start, isCurrent: isCurrent)
        }
        request = poll
        polls.append(poll)
        client.metrics.update {
            $0.polls += 1
            $0.waitingPolls += 1
        }
        poll.start(on: channel)
        renewLater(poll)
    }

    /// Starts the next poll while this one is still held, so that no moment is without one, and so that a poll whose
    /// other end has gone costs a minute at most.
    private func renewLater(_ poll: PollRequest) {
        setTimer(client.settings.pollTimeout + .seconds(2)) { [self] in
            guard polls.contains(where: { $0 === poll }) else { return }
            self.poll()
            eventLoop.assumeIsolated().scheduleTask(in: Self.overlap) { [self] in
                guard polls.contains(where: { $0 === poll }) else { return }
                polls.removeAll { $0 === poll }
                client.metrics.update { $0.waitingPolls -= 1 }
                poll.cancel()
            }
        }
    }

    private func finished(_ result: PollResult, since start: NIODeadline, isCurrent: Bool) {
        switch result {
        case .scrape(let instruction, let id, let seconds):
            client.isWell()
            schedule.succeeded()
            if isCurrent { poll() }
            client.scrape(instruction, id: id, seconds: seconds)
        case .nothing:
            client.isWell()
            // PushProx's proxy ends the older of two polls of one name at once: two clients of one name must not
            // make each other poll without a pause.
            if isCurrent, NIODeadline.now() - start < schedule.patience {
                setTimer(schedule.failed(lasted: .zero, jitter: .random(in: 0...1))) { [self] in poll() }
            } else if isCurrent {
                schedule.succeeded()
                poll()
            }
        case .failed(let reason):
            if isCurrent { failed(reason, since: start) }
        }
    }

    private func failed(_ reason: String, since start: NIODeadline) {
        client.pollFailed(reason)
        setTimer(schedule.failed(lasted: .now() - start, jitter: .random(in: 0...1))) { [self] in poll() }
    }

    private func setTimer(_ limit: TimeAmount, _ body: @escaping () -> Void) {
        timer?.cancel()
        timer = eventLoop.assumeIsolated().scheduleTask(in: limit, body)
    }

    func stop() {
        isStopped = true
        timer?.cancel()
        for poll in polls { poll.cancel() }
        polls.removeAll()
    }
}
