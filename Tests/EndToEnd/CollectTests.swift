import Foundation
import Testing

extension EndToEndTests {
    @Suite struct CollectTests {
        @Test func concurrentScrapesShareOneCollect() async throws {
            try await withWorkspace(plugins: ["collect"]) { workspace in
                var options = HubOptions(plugins: [workspace.plugins])
                options.config = "plugins: { counting: { settings: { seconds: 1.5 } } }"
                try await withHub(options, in: workspace) { hub in
                    let runs = try await withThrowingTaskGroup(of: Double?.self) { group in
                        for _ in 1...10 {
                            group.addTask { try await hub.scrape().value("test_counting_runs") }
                        }
                        return try await group.reduce(into: []) { $0.append($1) }
                    }
                    #expect(runs == [Double?](repeating: 1, count: 10))
                }
            }
        }

        @Test func aPluginWithAnIntervalIsCollectedInTheBackground() async throws {
            try await withWorkspace(plugins: ["collect"]) { workspace in
                var options = HubOptions(plugins: [workspace.plugins])
                options.config = "plugins: { counting: { interval: 1s, settings: { seconds: 0.2 } } }"
                try await withHub(options, in: workspace) { hub in
                    try await wait(until: "the third run in the background") {
                        try await hub.scrape().sum("test_counting_runs") >= 3
                    }
                    // Five scrapes take far less than five intervals: they cannot each have cost a run.
                    var seen: [Double] = []
                    for _ in 1...5 { seen.append(try await hub.scrape().sum("test_counting_runs")) }
                    #expect(seen[4] - seen[0] <= 1)

                    let samples = try await hub.scrape()
                    let success = try #require(
                        samples.value("hub_plugin_last_success_timestamp_seconds", ["plugin": "counting"])
                    )
                    #expect(abs(Date.now.timeIntervalSince1970 - success) < 5)
                }
            }
        }

        @Test func aFailedRunIsCoveredByTheLastGoodOneForMaxAge() async throws {
            try await withWorkspace(plugins: ["collect"]) { workspace in
                var options = HubOptions(plugins: [workspace.plugins])
                options.config = "plugins: { fails_later: { max_age: 5m } }"
                try await withHub(options, in: workspace) { hub in
                    #expect(try await hub.scrape().value("test_first_run") == 1)
                    let second = try await hub.scrape()
                    #expect(second.value("test_first_run") == 1)
                    #expect(second.failures("fails_later", "error") == 1)
                    #expect(second.value("hub_plugin_success", ["plugin": "fails_later"]) == 0)
                }
            }
        }

        @Test func withoutMaxAgeAFailedRunServesNothing() async throws {
            try await withWorkspace(plugins: ["collect"]) { workspace in
                try await withHub(HubOptions(plugins: [workspace.plugins]), in: workspace) { hub in
                    let first = try await hub.scrape()
                    #expect(first.value("test_first_run") == 1)
                    let second = try await hub.scrape()
                    #expect(second("test_first_run").isEmpty)
                }
            }
        }

        @Test func aScrapeNamesThePluginsItWants() async throws {
            try await withWorkspace(plugins: ["good", "broken"]) { workspace in
                try await withHub(HubOptions(plugins: [workspace.plugins]), in: workspace) { hub in
                    let one = try await hub.scrape("/metrics?plugin=steady")
                    #expect(one.value("test_steady") == 1)
                    #expect(one("test_folder_value").isEmpty)

                    let two = try await hub.scrape("/metrics?plugin=steady&plugin=folder")
                    #expect(two.value("test_steady") == 1)
                    #expect(two.value("test_folder_value") == 7)
                    #expect(two("test_load1").isEmpty)

                    let absent = try await hub.get("/metrics?plugin=absent")
                    #expect(absent.status == 404)
                    #expect(absent.text.contains("absent"))
                }
            }
        }

        @Test func aStrictScrapeRefusesPartialData() async throws {
            try await withWorkspace(plugins: ["good", "collect"]) { workspace in
                try await withHub(HubOptions(plugins: [workspace.plugins]), in: workspace) { hub in
                    // From its second run on, one plugin fails.
                    let scrapes = [
                        ("?strict=1", 200), ("", 200), ("?strict=1", 503), ("?strict=1&plugin=steady", 200),
                    ]
                    for (query, status) in scrapes {
                        let answered = try await hub.get("/metrics\(query)").status
                        #expect(answered == status, "\(query)")
                    }
                }
            }
        }
    }
}
