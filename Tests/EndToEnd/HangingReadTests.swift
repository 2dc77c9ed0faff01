import Foundation
import Testing

extension EndToEndTests {
    @Suite struct HangingReadTests {
        @Test func aReadThatHangsInTheKernelCostsOnlyItsPluginAndRecovers() async throws {
            try await withWorkspace(plugins: ["good", "hanging"]) { workspace in
                try await BlockingFileSystem.mounted(in: workspace) { fileSystem in
                    var options = HubOptions(plugins: [workspace.plugins])
                    options.config = "plugins: { hanging: { settings: { dir: \"\(fileSystem.mountPoint)\" } } }"
                    try await withHub(options, in: workspace) { hub in
                        for _ in 1...3 {
                            let start = ContinuousClock.now
                            let samples = try await hub.scrape(timeout: 2)
                            #expect(ContinuousClock.now - start < .seconds(2))
                            #expect(samples.value("test_steady") == 1)
                            #expect(samples("test_hanging_value").isEmpty)
                            #expect(samples.failures("hanging", "timeout") >= 1)
                            #expect(samples.value("hub_plugin_success", ["plugin": "hanging"]) == 0)
                        }
                        #expect(fileSystem.reads >= 1)

                        fileSystem.release()
                        let recovered = try await eventually("value from the released file", within: .seconds(90)) {
                            let samples = try await hub.scrape(timeout: 2)
                            return samples.value("test_hanging_value") == nil ? nil : samples
                        }
                        #expect(recovered.value("test_hanging_value") == 42)
                        #expect(recovered.value("hub_plugin_success", ["plugin": "hanging"]) == 1)
                    }
                }
            }
        }

        /// The kernel keeps the process until such a read comes back, but nothing waits for that.
        @Test func theHubStopsServingWhileAReadHangs() async throws {
            try await withWorkspace(plugins: ["hanging"]) { workspace in
                try await BlockingFileSystem.mounted(in: workspace) { fileSystem in
                    var options = HubOptions(plugins: [workspace.plugins])
                    options.config = "plugins: { hanging: { settings: { dir: \"\(fileSystem.mountPoint)\" } } }"
                    try await withHub(options, in: workspace) { hub in
                        _ = try await hub.scrape(timeout: 1)
                        hub.program.signal(SIGTERM)
                        try await wait(until: "the hub says that it has stopped", within: .seconds(1)) {
                            hub.program.errors.lines.contains { $0.hasSuffix(" stopped") }
                        }
                        try await wait(until: "the port is closed", within: .seconds(1)) {
                            (try? await hub.get("/-/healthy")) == nil
                        }
                        fileSystem.release()
                        #expect(try await hub.program.waitForEnd().status == 0)
                    }
                }
            }
        }
    }
}
