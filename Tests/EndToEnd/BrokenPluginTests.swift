import Foundation
import Testing

extension EndToEndTests {
    @Suite struct BrokenPluginTests {
        /// The plugins in Fixtures/plugins/broken and the reasons one of which their failure must be counted under.
        static let broken: [(plugin: String, reasons: [String])] = [
            ("duplicates", ["error"]),
            ("endless_loop", ["cpu"]),
            ("endless_loop_at_load", ["load"]),
            ("endless_loop_in_pcall", ["cpu"]),
            // Whichever limit the depth meets first.
            ("endless_recursion", ["error", "memory", "cpu"]),
            ("error_at_load", ["load"]),
            ("error_in_collect", ["error"]),
            ("invalid_label_name", ["load"]),
            ("invalid_label_value", ["error"]),
            ("invalid_name", ["load"]),
            ("many_bytes", ["bytes"]),
            ("memory_hog", ["memory"]),
            ("million_samples", ["samples"]),
            ("missing_part", ["load"]),
            ("nan_counter", ["error"]),
            ("negative_counter", ["error"]),
            ("no_collect", ["load"]),
            ("sleeps_too_long", ["timeout"]),
            ("syntax_error", ["load"]),
            ("wrong_arity", ["error"]),
        ]

        @Test func everyBrokenPluginIsNamedWithItsReasonWhileTheOthersAreServedInTheSameScrape() async throws {
            try await withWorkspace(plugins: ["good", "broken", "conflicts"]) { workspace in
                let options = HubOptions(plugins: [workspace.plugins, Workspace.shippedPlugins])
                try await withHub(options, in: workspace) { hub in
                    let start = ContinuousClock.now
                    let samples = try await hub.scrape(timeout: 5)
                    #expect(ContinuousClock.now - start < .seconds(5))

                    expectGoodPlugins(in: samples)
                    #expect(samples("node_load1").count == 1)
                    for (plugin, reasons) in Self.broken {
                        #expect(reasons.contains { samples.failures(plugin, $0) >= 1 }, "\(plugin)")
                        #expect(samples.value("hub_plugin_success", ["plugin": plugin]) == 0, "\(plugin)")
                    }
                    // A run that fails leaves nothing behind, not even what it emitted before.
                    #expect(samples.all.filter { $0.name.hasPrefix("test_broken_") }.map(\.name) == [])
                    expectConflictsDecided(in: samples)
                }
            }
        }

        @Test func everyFailureIsListedAboveSoThatNoFixtureIsForgotten() throws {
            let folder = Workspace.fixtures.appending(path: "broken")
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
                .map { $0.replacingOccurrences(of: ".lua", with: "") }
            #expect(names.sorted() == Self.broken.map(\.plugin))
        }

        @Test func aPluginReadsNothingThatItWasNotGiven() async throws {
            try await withWorkspace(plugins: ["files"]) { workspace in
                let granted = try makeTraps(in: workspace)
                let names = ["symlink", "parent", "fifo"].map { "read_\($0)" }
                let config = (names + ["read_granted"]).map { "  \($0): { settings: { dir: \"\(granted)\" } }\n" }
                var options = HubOptions(plugins: [workspace.plugins])
                options.config = "plugins:\n" + config.joined()
                try await withHub(options, in: workspace) { hub in
                    let samples = try await hub.scrape(timeout: 5)
                    #expect(samples.value("test_granted_bytes") == 5)
                    #expect(samples("test_leaked_bytes").map(\.labels) == [])
                    for plugin in names + ["read_device", "read_undeclared"] {
                        #expect(samples.failures(plugin, "error") == 1, "\(plugin)")
                    }
                }
            }
        }
    }
}

/// Expects the samples of all plugins in Fixtures/plugins/good.
private func expectGoodPlugins(in samples: Samples) {
    #expect(samples.value("test_steady") == 1)
    #expect(samples.value("test_load1") != nil)
    #expect(samples.value("test_folder_value") == 7)
    #expect(samples.value("test_kinds_runs_total") == 12)
    #expect(samples.value("test_kinds_latency_seconds_bucket", ["le": "+Inf"]) == 4)
}

/// Expects of two plugins that disagree that one of each was served and the other was reported.
private func expectConflictsDecided(in samples: Samples) {
    #expect(samples("test_conflict_type").count == 1)
    #expect(samples("test_conflict_sample", ["from": "both"]).count == 1)
    #expect(samples("test_conflict_sample", ["from": "second"]).count == 1)
    let plugins = ["conflict_first", "conflict_second"]
    #expect(plugins.reduce(0) { $0 + samples.sum("hub_merge_dropped_samples_total", ["plugin": $1]) } == 2)
}

/// Makes a folder with a plain file and with ways out of it, and returns its path.
private func makeTraps(in workspace: Workspace) throws -> String {
    let granted = workspace.folder.appending(path: "granted").path
    try FileManager.default.createDirectory(atPath: granted, withIntermediateDirectories: true)
    try workspace.write("plain", to: "granted/plain")
    try workspace.write("outside", to: "outside")
    try FileManager.default.createSymbolicLink(atPath: granted + "/link", withDestinationPath: "/etc/shadow")
    guard mkfifo(granted + "/pipe", 0o600) == 0 else { throw HarnessError(description: "mkfifo failed") }
    return granted
}
