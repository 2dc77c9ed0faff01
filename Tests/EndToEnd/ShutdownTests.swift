import Foundation
import Testing

extension EndToEndTests {
    @Suite struct ShutdownTests {
        @Test(arguments: [SIGTERM, SIGINT])
        func aScrapeInFlightIsAnsweredBeforeTheProgramEnds(signal: Int32) async throws {
            try await withWorkspace(plugins: ["slow"]) { workspace in
                try await withHub(HubOptions(plugins: [workspace.plugins]), in: workspace) { hub in
                    async let samples = hub.scrape()
                    try await wait(until: "the collect has started") {
                        hub.program.errors.lines.contains { $0.contains("slow collect started") }
                    }
                    let asked = ContinuousClock.now
                    hub.program.signal(signal)
                    #expect(try await samples.value("test_slow") == 1)
                    let end = try await hub.program.waitForEnd()
                    #expect(end.status == 0)
                    #expect(end.time - asked < .seconds(1))
                }
            }
        }
    }
}
