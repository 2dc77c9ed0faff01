import NIOCore
import Testing

@testable import Relay

struct BrokerTests {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    private func registration(_ name: String, at time: NIODeadline = start) -> Registration {
        Registration(name: name, time: time)
    }

    @Test func theFirstScrapeAfterAnyNumberOfDeadPollsGoesToTheLiveOne() throws {
        var broker = Broker()
        for id in 1...100 { _ = try broker.poll(UInt64(id), registration("pi")) }
        #expect(try broker.scrape("s", of: "pi") == [.deliver(100, scrape: "s")])
    }

    @Test func aScrapeWaitsForTheClientToCome() throws {
        var broker = Broker()
        #expect(try broker.scrape("a", of: "pi").isEmpty)
        #expect(try broker.scrape("b", of: "pi").isEmpty)
        #expect(try broker.poll(1, registration("pi")) == [.deliver(1, scrape: "a")])
        #expect(try broker.poll(2, registration("PI.")) == [.deliver(2, scrape: "b")])
        #expect(broker.counts.waitingScrapes == 0)
    }

    @Test func twoClientsOfOneNameDoNotEndEachOthersPolls() throws {
        var broker = Broker()
        #expect(try broker.poll(1, registration("pi")).isEmpty)
        #expect(try broker.poll(2, registration("pi")).isEmpty)
        #expect(try broker.scrape("a", of: "pi") == [.deliver(2, scrape: "a")])
        // The second goes away: the first stands in.
        #expect(try broker.scrape("b", of: "pi") == [.deliver(1, scrape: "b")])
    }

    @Test func onePollTooManyEndsTheOldest() throws {
        var limits = Broker.Limits()
        limits.pollsPerClient = 2
        var broker = Broker(limits: limits)
        _ = try broker.poll(1, registration("pi"))
        _ = try broker.poll(2, registration("pi"))
        #expect(try broker.poll(3, registration("pi")) == [.expire(1)])
        #expect(broker.counts.polls == 2)
    }

    @Test func aPollThatHasEndedGetsNothing() throws {
        var broker = Broker()
        _ = try broker.poll(1, registration("pi"))
        _ = try broker.poll(2, registration("pi"))
        #expect(broker.endPoll(2) == true)
        #expect(broker.endPoll(2) == false)
        #expect(try broker.scrape("a", of: "pi") == [.deliver(1, scrape: "a")])
    }

    @Test func aScrapeWhoseConnectionBrokeGoesToTheNextPoll() throws {
        var broker = Broker()
        _ = try broker.poll(1, registration("pi"))
        _ = try broker.poll(2, registration("pi"))
        _ = try broker.scrape("a", of: "pi")
        #expect(broker.deliveryFailed(2) == [.deliver(1, scrape: "a")])
        // Nobody polls now: the scrape waits until somebody does.
        #expect(broker.deliveryFailed(1).isEmpty)
        #expect(try broker.poll(3, registration("pi")) == [.deliver(3, scrape: "a")])
        #expect(broker.deliveryFailed(3) == [.fail(scrape: "a", .undeliverable)])
    }

    @Test func aBrokenConnectionAfterTheAnswerChangesNothing() throws {
        var broker = Broker()
        _ = try broker.poll(1, registration("pi"))
        _ = try broker.scrape("a", of: "pi")
        #expect(broker.push("a") == true)
        #expect(broker.deliveryFailed(1).isEmpty)
    }

    @Test func anAnswerIsTakenOnceAndInTimeOnly() throws {
        var broker = Broker()
        _ = try broker.poll(1, registration("pi"))
        _ = try broker.scrape("a", of: "pi")
        #expect(broker.owner(of: "a") == "pi")
        #expect(broker.push("a") == true)
        #expect(broker.push("a") == false)
        broker.endScrape("a")
        #expect(broker.push("a") == false)
        #expect(broker.owner(of: "a") == nil)
        #expect(broker.push("made up") == false)
    }

    @Test func namesThatAreOnlyAskedForLeaveNothingBehind() throws {
        var broker = Broker()
        for number in 0..<500 {
            _ = try broker.scrape("s\(number)", of: "host\(number)")
            broker.endScrape("s\(number)")
        }
        #expect(broker.counts == Broker.Counts())
        #expect(broker.isEmpty)
    }

    @Test func scrapesAreLimitedByClientAndAltogether() throws {
        var limits = Broker.Limits()
        (limits.scrapes, limits.scrapesPerClient) = (3, 2)
        var broker = Broker(limits: limits)
        _ = try broker.scrape("a", of: "one")
        _ = try broker.scrape("b", of: "one")
        #expect(throws: Broker.Refusal.tooManyScrapes) { try broker.scrape("c", of: "one") }
        _ = try broker.scrape("c", of: "two")
        #expect(throws: Broker.Refusal.tooManyScrapes) { try broker.scrape("d", of: "three") }
        broker.endScrape("a")
        _ = try broker.scrape("d", of: "three")
    }

    @Test func clientsAreLimited() throws {
        var limits = Broker.Limits()
        limits.clients = 2
        var broker = Broker(limits: limits)
        _ = try broker.poll(1, registration("a"))
        _ = try broker.poll(2, registration("b"))
        #expect(throws: Broker.Refusal.tooManyClients) { try broker.poll(3, registration("c")) }
        _ = try broker.poll(4, registration("a"))
    }

    @Test func aClientIsForgottenAfterItsTimeButNotWhileItPolls() throws {
        var broker = Broker(registrationTimeout: .minutes(5))
        _ = try broker.poll(1, registration("gone"))
        broker.endPoll(1)
        _ = try broker.poll(2, registration("patient"))
        let later = Self.start + .minutes(5)
        #expect(broker.registrations(at: Self.start + .minutes(4)).map(\.name) == ["gone", "patient"])
        #expect(broker.registrations(at: later).map(\.name) == ["patient"])
        broker.purge(at: later)
        #expect(broker.counts.clients == 1)
        broker.endPoll(2)
        broker.purge(at: later)
        #expect(broker.isEmpty)
    }

    @Test func aScrapeOfAForgottenClientIsStillThere() throws {
        var broker = Broker(registrationTimeout: .minutes(5))
        _ = try broker.poll(1, registration("pi"))
        broker.endPoll(1)
        _ = try broker.scrape("a", of: "pi")
        broker.purge(at: Self.start + .hours(1))
        #expect(try broker.poll(2, registration("pi")) == [.deliver(2, scrape: "a")])
    }
}
