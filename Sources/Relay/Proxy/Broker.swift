package import NIOCore

/// Brings scrapes and polls together and knows which scrape a push answers; pure, with no I/O and no clock.
///
/// Among the polls of one name the newest gets the scrape: older ones may be dead without anybody having noticed, and
/// a second client of the same name stands by until the first stops polling.
package struct Broker {
    package typealias PollID = UInt64

    /// What the relay keeps at most, whatever anybody sends.
    package struct Limits: Sendable, Equatable {
        /// Names that are known.
        package var clients = 10_000
        /// Polls of one name that wait; one more ends the oldest.
        package var pollsPerClient = 8
        /// Scrapes that wait or are being answered.
        package var scrapes = 1_000
        package var scrapesPerClient = 64
        /// Times one scrape is handed to a poll, when connections break.
        package var deliveries = 3

        package init() {}
    }

    /// What is to be done; the order matters.
    package enum Action: Equatable {
        case deliver(PollID, scrape: String)
        /// The poll is answered without a scrape.
        case expire(PollID)
        case fail(scrape: String, ScrapeFailure)
    }

    package enum Refusal: String, Error, CaseIterable {
        case tooManyClients = "too_many_clients"
        case tooManyScrapes = "too_many_scrapes"
    }

    package enum ScrapeFailure: Equatable {
        /// Every connection it was handed to broke.
        case undeliverable
    }

    private struct Client {
        var registration: Registration?
        /// Oldest first.
        var polls: [PollID] = []
        /// Oldest first.
        var waiting: [String] = []
        var scrapes = 0

        var isIdle: Bool { polls.isEmpty && scrapes == 0 }
    }

    private struct Scrape {
        let name: String
        var deliveries = 0
        /// The poll that took it; nil while it waits.
        var poll: PollID?
        var isAnswered = false
    }

    private let limits: Limits
    private let registrationTimeout: TimeAmount
    private var clients: [String: Client] = [:]
    private var polls: [PollID: String] = [:]
    private var scrapes: [String: Scrape] = [:]

    package init(limits: Limits = Limits(), registrationTimeout: TimeAmount = .minutes(5)) {
        self.limits = limits
        self.registrationTimeout = registrationTimeout
    }

    /// A client asks for a scrape and waits.
    package mutating func poll(_ id: PollID, _ registration: Registration) throws(Refusal) -> [Action] {
        let name = ClientName.canonical(registration.name)
        guard clients[name]?.registration != nil || registeredCount < limits.clients else { throw .tooManyClients }
        var client = clients[name] ?? Client()
        if client.registration == nil { registeredCount += 1 }
        client.registration = registration
        var actions: [Action] = []
        if client.polls.count >= limits.pollsPerClient {
            let oldest = client.polls.removeFirst()
            polls[oldest] = nil
            actions.append(.expire(oldest))
        }
        client.polls.append(id)
        polls[id] = name
        clients[name] = client
        return actions + match(name)
    }

    /// The poll's connection has ended, or its time: it gets no scrape any more.
    ///
    /// - Returns: False when it was not waiting.
    @discardableResult
    package mutating func endPoll(_ id: PollID) -> Bool {
        guard let name = polls.removeValue(forKey: id) else { return false }
        clients[name]?.polls.removeAll { $0 == id }
        return true
    }

    /// The connection that a scrape was handed to broke before the answer: the next poll gets it.
    package mutating func deliveryFailed(_ id: PollID) -> [Action] {
        guard let scrape = scrapes.first(where: { $0.value.poll == id && !$0.value.isAnswered })?.key,
            var entry = scrapes[scrape]
        else { return [] }
        guard entry.deliveries < limits.deliveries else { return [.fail(scrape: scrape, .undeliverable)] }
        entry.poll = nil
        scrapes[scrape] = entry
        clients[entry.name]?.waiting.insert(scrape, at: 0)
        return match(entry.name)
    }

    /// Somebody scrapes a client; one that is not known may still come, as after a restart of the relay.
    package mutating func scrape(_ id: String, of name: String) throws(Refusal) -> [Action] {
        let count = clients[name]?.scrapes ?? 0
        guard scrapes.count < limits.scrapes, count < limits.scrapesPerClient else { throw .tooManyScrapes }
        scrapes[id] = Scrape(name: name)
        clients[name, default: Client()].waiting.append(id)
        clients[name]?.scrapes += 1
        return match(name)
    }

    /// The scrape is over: answered, given up, or too late.
    package mutating func endScrape(_ id: String) {
        guard let scrape = scrapes.removeValue(forKey: id) else { return }
        clients[scrape.name]?.scrapes -= 1
        clients[scrape.name]?.waiting.removeAll { $0 == id }
        if let client = clients[scrape.name], client.isIdle, client.registration == nil { clients[scrape.name] = nil }
    }

    /// Whose scrape it is; nil for one that is over or was never there.
    package func owner(of scrape: String) -> String? { scrapes[scrape]?.name }

    /// An answer begins to come in.
    ///
    /// - Returns: False when nobody waits for it, or another answer came first.
    package mutating func push(_ scrape: String) -> Bool {
        guard let entry = scrapes[scrape], !entry.isAnswered else { return false }
        scrapes[scrape]?.isAnswered = true
        clients[entry.name]?.waiting.removeAll { $0 == scrape }
        return true
    }

    /// Nothing and nobody is remembered.
    var isEmpty: Bool { clients.isEmpty && polls.isEmpty && scrapes.isEmpty }

    private mutating func match(_ name: String) -> [Action] {
        var actions: [Action] = []
        while let scrape = clients[name]?.waiting.first, let poll = clients[name]?.polls.popLast() {
            clients[name]?.waiting.removeFirst()
            polls[poll] = nil
            scrapes[scrape]?.poll = poll
            scrapes[scrape]?.deliveries += 1
            actions.append(.deliver(poll, scrape: scrape))
        }
        return actions
    }

    private var registeredCount = 0
}

extension Broker {
    /// Forgets the clients that have not polled for the registration timeout; one whose poll is waiting is there.
    package mutating func purge(at now: NIODeadline) {
        for (name, client) in clients {
            guard let registration = client.registration, client.polls.isEmpty,
                registration.time + registrationTimeout <= now
            else { continue }
            registeredCount -= 1
            if client.isIdle { clients[name] = nil } else { clients[name]?.registration = nil }
        }
    }

    /// The clients that poll or did so lately, by name.
    package func registrations(at now: NIODeadline) -> [Registration] {
        clients.sorted { $0.key < $1.key }.compactMap { _, client in
            guard var registration = client.registration else { return nil }
            registration.isConnected = !client.polls.isEmpty
            guard registration.isConnected || registration.time + registrationTimeout > now else { return nil }
            return registration
        }
    }

    package struct Counts: Sendable, Equatable {
        package var clients = 0
        package var connectedClients = 0
        package var polls = 0
        package var scrapes = 0
        package var waitingScrapes = 0
    }

    package var counts: Counts {
        var counts = Counts(clients: registeredCount, polls: polls.count, scrapes: scrapes.count)
        for client in clients.values {
            if !client.polls.isEmpty { counts.connectedClients += 1 }
            counts.waitingScrapes += client.waiting.count
        }
        return counts
    }
}

/// A client that has polled.
package struct Registration: Sendable, Equatable {
    /// As the client spells it.
    package var name: String
    /// Of the last poll.
    package var time: NIODeadline
    package var isConnected = true

    /// What a client of ours says about one address that it serves.
    package struct Service: Sendable, Equatable {
        /// The port to use in the scrape's URL.
        package var port: Int
        package var labels: [String: String]

        package init(port: Int, labels: [String: String]) {
            self.port = port
            self.labels = labels
        }
    }

    /// Empty for a client of PushProx, which does not say what it serves.
    package var services: [Service]

    package init(name: String, time: NIODeadline, services: [Service] = []) {
        self.name = name
        self.time = time
        self.services = services
    }
}
