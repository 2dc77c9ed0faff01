import NIOCore
import NIOHTTP1
import Testing

@testable import Relay

struct LocalTargetsTests {
    private let targets = LocalTargets(
        name: "raspberrypi",
        port: 10_100,
        targets: [
            .init(name: "raspberrypi", port: 9_100, host: "192.168.0.5", hostPort: 9_100, labels: ["site": "home"]),
            .init(name: "nas", port: 80, host: "192.168.0.6", hostPort: 8_080),
        ],
        paths: ["/metrics", "/federate"]
    )

    private func choose(_ url: String, _ method: String = "GET") throws -> LocalTargets.Choice {
        let url = try #require(ScrapeURL(url))
        return targets.choose(ScrapeInstruction(method: method, url: url, headers: [:]))
    }

    @Test(arguments: ["http://raspberrypi:9090/federate?match%5B%5D=up", "http://RaspberryPi/federate?match%5B%5D=up"])
    func anyOtherPortOfTheOwnNameIsTheClientItself(url: String) throws {
        #expect(try choose(url) == .itself(path: "/federate?match%5B%5D=up"))
    }

    @Test func aListedPortIsItsTarget() throws {
        #expect(try choose("http://raspberrypi:9100/any?x=1") == .target(targets.targets[0], path: "/any?x=1"))
        #expect(try choose("http://nas/metrics") == .target(targets.targets[1], path: "/metrics"))
    }

    @Test(arguments: [
        ("http://other:9100/metrics", "GET", 403), ("http://nas:9100/metrics", "GET", 403),
        ("http://192.168.0.5:9100/metrics", "GET", 403), ("http://raspberrypi:1/-/reload", "POST", 403),
        ("http://raspberrypi:1/", "GET", 403), ("http://raspberrypi:1/metrics/job/x", "PUT", 405),
        ("http://raspberrypi:1/metrics", "POST", 405), ("http://raspberrypi:9100/x", "POST", 405),
        ("http://raspberrypi:9100/x", "DELETE", 405),
    ])
    func everythingElseIsRefused(url: String, method: String, expected: Int) throws {
        guard case .refused(let status, let reason) = try choose(url, method) else {
            Issue.record("\(url) is not refused")
            return
        }
        #expect(status == expected)
        #expect(!reason.isEmpty)
    }

    @Test func selectorsMayBePosted() throws {
        #expect(try choose("http://raspberrypi:1/federate", "POST") == .itself(path: "/federate"))
    }

    @Test func everyNameIsPolledForAndAnnouncedWithWhatItServes() {
        #expect(targets.names == ["raspberrypi", "nas"])
        #expect(targets.services(of: "raspberrypi").map(\.port) == [10_100, 9_100])
        #expect(targets.services(of: "nas") == [.init(port: 80, labels: ["__meta_relay_target": "192.168.0.6:8080"])])
    }
}

struct PollScheduleTests {
    @Test func failuresOneAfterTheOtherAreMetWithPatienceThatGrowsToItsLimit() {
        var schedule = PollSchedule()
        let delays = (0..<8).map { _ in schedule.failed(lasted: .zero, jitter: 1).nanoseconds / 1_000_000 }
        #expect(delays == [1_000, 1_500, 2_250, 3_375, 5_000, 5_000, 5_000, 5_000])
        schedule.succeeded()
        let first = schedule.failed(lasted: .zero, jitter: 0)
        #expect(first == .milliseconds(500))
    }

    @Test func aPollThatWasHeldAndCutIsRenewedAtOnce() {
        var schedule = PollSchedule()
        let delays = [0, 1].map { schedule.failed(lasted: .seconds(60), jitter: $0) }
        #expect(delays == [.zero, .milliseconds(100)])
    }
}
