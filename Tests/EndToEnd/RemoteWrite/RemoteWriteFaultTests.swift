import Foundation
import Glibc
import Testing

extension EndToEndTests {
    @Suite struct RemoteWriteFaultTests {
        private let fixtures = ["remote_write"]

        @Test func connectionsThatAreCutAtEveryStageCostNothing() async throws {
            try await withWorkspace(plugins: fixtures) { workspace in
                try await WriteReceiver.running { receiver in
                    var options = HubOptions(plugins: [workspace.plugins])
                    options.config = remoteWriteConfiguration(
                        to: [("faulty", receiver.url, "timeout: 2s")],
                        tally: receiver.tally
                    )
                    try await receiver.behave(
                        """
                        [{"do": "cut_at_once", "times": 2}, {"do": "cut_in_body"}, {"do": "cut_before_answer"},
                         {"do": "cut_in_answer"}, {"do": "keep_and_cut"}, {"do": "garbage"}, {"do": "hang"},
                         {"do": "trickle"}, {"do": "endless"}, {"status": 503, "headers": {"Retry-After": "1"}},
                         {"status": 500, "times": 5, "body": "storm"}, {"status": 429}, {"status": 307},
                         {"do": "cut_in_answer"}, {"do": "hang"}]
                        """
                    )
                    try await withHub(options, in: workspace) { hub in
                        try await wait(until: "all faults are over", within: .seconds(90)) {
                            try await receiver.state().requests.count >= 20
                        }
                        let asked = try await receiver.state().handedOut.count
                        let values = try await receiver.tallied(asked + 2)
                        #expect(values == (1...values.count).map(Double.init))
                        let violations = try await receiver.state().violations
                        #expect(violations == [])
                        let samples = try await hub.scrape()
                        #expect(samples.sum("hub_remote_write_samples_dropped_total") == 0)
                        #expect(samples.sum("hub_remote_write_samples_retried_total") > 0)
                        #expect(samples.sum("hub_remote_write_requests_total", ["code": "none"]) > 0)
                    }
                }
            }
        }

        @Test func theReceiversWaitIsKeptAndItsRefusalIsCounted() async throws {
            try await withWorkspace(plugins: fixtures) { workspace in
                try await WriteReceiver.running { receiver in
                    var options = HubOptions(plugins: [workspace.plugins])
                    options.config = remoteWriteConfiguration(
                        to: [("refusing", receiver.url, "")],
                        tally: receiver.tally
                    )
                    try await receiver.behave(
                        """
                        [{"status": 503, "headers": {"Retry-After": "3"}}, {"status": 400, "body": "bad things", "times": 2}]
                        """
                    )
                    try await withHub(options, in: workspace) { hub in
                        let values = try await receiver.tallied(3)
                        let requests = try await receiver.state().requests
                        #expect(requests.map(\.status).prefix(4) == [503, 400, 400, 204])
                        #expect(requests[1].time - requests[0].time >= 3)
                        #expect(requests[1].attempt == "1")
                        #expect(values.count < (try await receiver.state().handedOut.count))
                        let samples = try await hub.scrape()
                        let rejected = samples.sum("hub_remote_write_samples_dropped_total", ["reason": "rejected"])
                        #expect(rejected > 0)
                        #expect(samples.sum("hub_remote_write_samples_dropped_total") == rejected)
                        #expect(hub.program.errors.lines.contains { $0.contains("bad things") })
                    }
                }
            }
        }

        @Test func aBlackHoleSlowsNoScrape() async throws {
            try await withWorkspace(plugins: fixtures) { workspace in
                try await WriteReceiver.running { numbers in
                    try await WriteReceiver.running { receiver in
                        try await receiver.behave(#"[{"do": "hang", "times": 1000}]"#)
                        var options = HubOptions(plugins: [workspace.plugins])
                        options.config = remoteWriteConfiguration(
                            to: [("hole", receiver.url, "shards: 4, timeout: 60s")],
                            tally: numbers.tally
                        )
                        try await withHub(options, in: workspace) { hub in
                            try await wait(until: "samples pile up") {
                                try await hub.scrape().sum("hub_remote_write_samples_pending") > 500
                            }
                            for _ in 1...20 {
                                let samples = try await hub.scrape(timeout: 5)
                                #expect(samples.value("test_tally") != nil)
                            }
                            let age = try await hub.scrape().sum("hub_remote_write_oldest_sample_age_seconds")
                            #expect(age > 0)
                        }
                    }
                }
            }
        }

        /// What was handed out is the record of what was collected, what the receiver has that of what it acknowledged.
        @Test func killedAtAnyMomentTheHubLosesNothingAndRepeatsNothing() async throws {
            let kills = 8
            try await withWorkspace(plugins: fixtures) { workspace in
                try await WriteReceiver.running { receiver in
                    var options = HubOptions(plugins: [workspace.plugins])
                    options.config = remoteWriteConfiguration(
                        to: [("killed", receiver.url, "shards: 2")],
                        tally: receiver.tally
                    )
                    var lastOfRuns: Set<Double> = []
                    for round in 1...kills {
                        if round % 3 == 0 { try await receiver.behave(#"[{"status": 503, "times": 30}]"#) }
                        try await withKilledHub(options, in: workspace) { _ in
                            let before = try await receiver.state().handedOut.count
                            let wanted = before + Int.random(in: 2...6)
                            try await wait(until: "some runs") {
                                try await receiver.state().handedOut.count >= wanted
                            }
                            try await Task.sleep(for: .milliseconds(Int.random(in: 0...300)))
                        }
                        // The run that was under way, or had just ended, may not have been queued.
                        lastOfRuns.insert(Double(try await receiver.state().handedOut.count))
                    }
                    try await withHub(options, in: workspace) { hub in
                        let asked = try await receiver.state().handedOut.count
                        try await wait(until: "all is sent", within: .seconds(60)) {
                            let values = try await receiver.series("test_tally").first?.values ?? []
                            return values.contains { $0 > Double(asked) }
                        }
                        let values = try await receiver.series("test_tally").flatMap(\.values)
                        let highest = try #require(values.max())
                        let missing = Set((1...Int(highest)).map(Double.init)).subtracting(values)
                        #expect(missing.isSubset(of: lastOfRuns), "\(missing) of \(lastOfRuns)")
                        let state = try await receiver.state()
                        #expect(state.violations == [])
                        // Only what was acknowledged at the moment of the kill can come again, with the same times.
                        #expect(state.repeatedRequests <= kills)
                        let samples = try await hub.scrape()
                        #expect(samples.sum("hub_remote_write_samples_dropped_total") == 0)
                        #expect(samples.sum("process_resident_memory_bytes") < 300e6)
                    }
                }
            }
        }

        @Test func aFullDiskCostsNoScrapeAndIsReported() async throws {
            try await withWorkspace(plugins: fixtures) { workspace in
                try await WriteReceiver.running { numbers in
                    let receiver = try await WriteReceiver.start()
                    var options = HubOptions(plugins: [workspace.plugins, Workspace.shippedPlugins])
                    options.config = remoteWriteConfiguration(
                        to: [("full", receiver.url, "")],
                        tally: numbers.tally
                    )
                    try await receiver.behave(#"[{"status": 503, "times": 100000}]"#)
                    let state = workspace.folder.appending(path: "state").path
                    try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
                    // A small file system in a mount namespace of its own.
                    let script = "mount -t tmpfs -o size=400k tmpfs '\(state)' && exec \"$@\""
                    options.launcher = [
                        "unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh",
                    ]
                    try await withHub(options, in: workspace) { hub in
                        try await wait(until: "the disk is full", within: .seconds(90)) {
                            let samples = try await hub.scrape()
                            return samples.sum("hub_remote_write_queue_errors_total") > 0
                                && samples.sum("hub_remote_write_queue_on_disk") == 0
                        }
                        let during = try await hub.scrape()
                        #expect(during.value("test_tally") != nil)
                        try await receiver.behave("[]")
                        try await wait(until: "the queue is empty and on disk again", within: .seconds(60)) {
                            let samples = try await hub.scrape()
                            return samples.sum("hub_remote_write_queue_on_disk") == 1
                                && samples.sum("hub_remote_write_samples_pending") < 1000
                        }
                        #expect(try await receiver.state().violations == [])
                        let values = try await receiver.series("test_tally").first?.values ?? []
                        #expect(values == (1...values.count).map(Double.init))
                        #expect(hub.program.errors.lines.contains { $0.contains("remote write: queue") })
                    }
                    await receiver.program.stop()
                }
            }
        }
    }
}

/// Starts the hub, gives it to `body` and ends it by SIGKILL.
func withKilledHub(
    _ options: HubOptions,
    in workspace: Workspace,
    _ body: (Hub) async throws -> Void
) async throws {
    try await withHub(options, in: workspace) { hub in
        try await body(hub)
        hub.program.signal(SIGKILL)
        _ = try await hub.program.waitForEnd()
    }
}
