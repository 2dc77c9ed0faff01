import Foundation
import Synchronization
import Testing

extension EndToEndTests {
    @Suite struct ReloadTests {
        @Test func pluginsChangeWithoutARestartAndWithoutAFailedScrape() async throws {
            try await withWorkspace(plugins: ["good"]) { workspace in
                try workspace.write(plugin(version: 1), to: "plugins/version.lua")
                try await withHub(HubOptions(plugins: [workspace.plugins]), in: workspace) { hub in
                    let done = Mutex(false)
                    async let scrapes = scrapeAll(of: hub) { done.withLock { $0 } }
                    defer { done.withLock { $0 = true } }
                    try await change(workspace, hub)
                    try await breakAndRepair(workspace, hub)
                    done.withLock { $0 = true }
                    let (count, problems) = await scrapes
                    #expect(problems == [])
                    #expect(count >= 10)
                }
            }
        }

        private func change(_ workspace: Workspace, _ hub: Hub) async throws {
            try workspace.write(plugin(version: 2), to: "plugins/version.lua")
            try await wait(until: "the changed plugin is served") {
                try await hub.scrape().value("test_version") == 2
            }
            #expect(
                try await hub.scrape().sum("hub_plugin_reloads_total", ["plugin": "version", "result": "success"]) >= 1
            )

            try workspace.write("return { value = 8 }", to: "plugins/folder/part.lua")
            try await wait(until: "the changed part of a folder plugin is served") {
                try await hub.scrape().value("test_folder_value") == 8
            }

            try workspace.write(
                "plugin { help = \"New.\" } local g = gauge(\"test_added\", \"New.\") function collect() g(1) end",
                to: "plugins/added.lua"
            )
            try await wait(until: "the added plugin is served") { try await hub.scrape().value("test_added") == 1 }
            try workspace.remove("plugins/added.lua")
            try await wait(until: "the removed plugin is gone") {
                let samples = try await hub.scrape()
                return samples("test_added").isEmpty && samples("hub_plugin_success", ["plugin": "added"]).isEmpty
            }
        }

        private func breakAndRepair(_ workspace: Workspace, _ hub: Hub) async throws {
            try workspace.write("plugin { help = \"Broken.\" }\nfunction collect(\n", to: "plugins/version.lua")
            let samples = try await eventually("the failed reload is counted") {
                let samples = try await hub.scrape()
                let failed = samples.sum("hub_plugin_reloads_total", ["plugin": "version", "result": "failure"])
                return failed >= 1 ? samples : nil
            }
            #expect(samples.value("test_version") == 2)
            #expect(samples.value("hub_plugin_success", ["plugin": "version"]) == 1)
            for page in ["/", "/api/v1/status"] {
                #expect(try await hub.get(page).text.contains("version.lua:"), "\(page)")
            }
            #expect(hub.program.errors.lines.contains { $0.contains("version.lua:") })

            try workspace.write(plugin(version: 3), to: "plugins/version.lua")
            try await wait(until: "the repaired plugin is served") {
                try await hub.scrape().value("test_version") == 3
            }
            #expect(try await hub.get("/").text.contains("version.lua:") == false)
        }

        @Test(arguments: ["post", "signal"])
        func aReloadOnRequestFindsWhatNoWatchingWouldFind(way: String) async throws {
            try await withWorkspace { workspace in
                try workspace.write(plugin(version: 1), to: "plugins/version.lua")
                var options = HubOptions(plugins: [workspace.plugins])
                options.config = "reload: { interval: 0 }"
                try await withHub(options, in: workspace) { hub in
                    try workspace.write(plugin(version: 2), to: "plugins/version.lua")
                    let before = try await hub.scrape()
                    #expect(before.value("test_version") == 1)
                    if way == "post" {
                        #expect(try await hub.post("/-/reload").status == 200)
                    } else {
                        hub.program.signal(SIGHUP)
                    }
                    try await wait(until: "the changed plugin is served") {
                        try await hub.scrape().value("test_version") == 2
                    }
                }
            }
        }
    }
}

private func plugin(version: Int) -> String {
    """
    plugin { help = "Says its version." }

    local version = gauge("test_version", "Version of this file.")

    function collect()
      version(\(version))
    end

    """
}

/// Scrapes one after the other until `done`, and counts; says what was wrong with any of them.
private func scrapeAll(of hub: Hub, until done: @Sendable () -> Bool) async -> (count: Int, problems: [String]) {
    var count = 0
    var problems: [String] = []
    while !done() {
        count += 1
        do {
            let samples = try await hub.scrape()
            if samples.value("test_steady") != 1 { problems.append("scrape \(count): test_steady is missing") }
            if samples.value("test_version") == nil { problems.append("scrape \(count): test_version is missing") }
            if samples.value("test_folder_value") == nil {
                problems.append("scrape \(count): test_folder_value is missing")
            }
        } catch {
            problems.append("scrape \(count): \(error)")
        }
    }
    return (count, problems)
}
