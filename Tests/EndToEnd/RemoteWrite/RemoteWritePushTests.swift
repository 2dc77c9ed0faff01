import Foundation
import Testing

extension EndToEndTests {
    /// What was pushed, on its way to a receiver.
    @Suite struct RemoteWritePushTests {
        private func withReceiver(_ body: (WriteReceiver, HubOptions, Workspace) async throws -> Void) async throws {
            try await withWorkspace(plugins: ["good"]) { workspace in
                try await WriteReceiver.running { receiver in
                    var options = HubOptions(plugins: [workspace.plugins])
                    options.config =
                        "push: { enabled: true }\nexternal_labels: { location: home }\n"
                        + remoteWriteConfiguration(to: [("pushes", receiver.url, "")], tally: nil)
                    try await body(receiver, options, workspace)
                }
            }
        }

        private func send(_ method: String, _ path: String, _ body: String = "", to hub: Hub) async throws {
            let request = HTTPRequest(method: method, path: "/metrics/job/\(path)", body: Array(body.utf8))
            #expect([200, 202].contains(try await request.send(to: hub.endpoints[0]).status))
        }

        private func series(_ name: String, _ receiver: WriteReceiver) async throws -> WriteReceiver.Series? {
            try await receiver.series(name).first
        }

        private func wait(_ count: Int, of name: String, _ receiver: WriteReceiver) async throws {
            try await EndToEnd.wait(until: "\(count) samples of \(name)", within: .seconds(60)) {
                try await series(name, receiver)?.values.count ?? 0 >= count
            }
        }

        private func waitForStaleMarker(of name: String, _ receiver: WriteReceiver) async throws {
            try await EndToEnd.wait(until: "\(name) is stale", within: .seconds(60)) {
                try await series(name, receiver)?.endsStale == true
            }
        }

        @Test func aGroupsLastValuesAreSentEachRoundUntilItIsGone() async throws {
            try await withReceiver { receiver, options, workspace in
                try await withHub(options, in: workspace) { hub in
                    let text = "# TYPE backup_bytes counter\nbackup_bytes 42\n"
                    try await send("PUT", "backup/host/nas", text, to: hub)
                    try await send("PUT", "cron/instance/pi?ttl=4s", "cron_value 1\n", to: hub)
                    try await wait(3, of: "backup_bytes", receiver)
                    let backup = try #require(try await series("backup_bytes", receiver))
                    let labels = ["__name__": "backup_bytes", "job": "backup", "host": "nas", "location": "home"]
                    #expect(backup.labels == labels && Set(backup.values) == [42])
                    #expect(Set(backup.samples.map(\.time)).count == backup.samples.count)
                    #expect(try await series("cron_value", receiver)?.labels["instance"] == "pi")
                    let pushed = try await receiver.series("push_time_seconds", ["job": "backup"])
                    #expect(pushed.count == 1 && pushed[0].values.allSatisfy { $0 > 1e9 })
                    try await send("PUT", "backup/host/nas", text.replacing("42", with: "43"), to: hub)
                    try await EndToEnd.wait(until: "the new value is there") {
                        try await series("backup_bytes", receiver)?.values.last == 43
                    }
                    // Its time is over.
                    try await waitForStaleMarker(of: "cron_value", receiver)
                    #expect(try await series("backup_bytes", receiver)?.endsStale == false)
                    try await send("DELETE", "backup/host/nas", to: hub)
                    try await waitForStaleMarker(of: "backup_bytes", receiver)
                    let state = try await receiver.state()
                    #expect(state.violations == [])
                    #expect(try await hub.scrape().sum("hub_remote_write_samples_dropped_total") == 0)
                }
            }
        }

        @Test func aHubThatIsKilledGoesOnWhereItWasAndEndsWhatWasDeleted() async throws {
            try await withReceiver { receiver, options, workspace in
                var count = 0
                for round in 1...4 {
                    try await withKilledHub(options, in: workspace) { hub in
                        if round == 1 {
                            try await send("PUT", "kept", "kept_value 5\n", to: hub)
                            try await send("PUT", "deleted", "deleted_value 6\n", to: hub)
                        }
                        try await wait(count + 2, of: "kept_value", receiver)
                        if round == 3 {
                            try await wait(3, of: "deleted_value", receiver)
                            // Killed as soon as that is answered.
                            try await send("DELETE", "deleted", to: hub)
                        }
                    }
                    count = try await series("kept_value", receiver)?.values.count ?? 0
                }
                try await waitForStaleMarker(of: "deleted_value", receiver)
                let kept = try #require(try await series("kept_value", receiver))
                #expect(kept.samples.count == kept.values.count, "a restart is no end")
                #expect(Set(kept.values) == [5])
                #expect(try await receiver.state().violations == [])
            }
        }
    }
}
