import Foundation
import Testing

extension EndToEndTests {
    @Suite struct LogTests {
        @Test func aSecretIsNeverShown() async throws {
            let secret = "correct-horse-battery-staple"
            try await withWorkspace(plugins: ["good", "secret"]) { workspace in
                var options = HubOptions(plugins: [workspace.plugins])
                options.config = "plugins: { secret: { settings: { password: \"${HUB_TEST_SECRET}\" } } }"
                options.environment = ["HUB_TEST_SECRET": secret]
                try await withHub(options, in: workspace) { hub in
                    #expect(try await hub.scrape().failures("secret", "error") == 1)
                    for page in ["/metrics", "/", "/api/v1/status"] {
                        let text = try await hub.get(page).text
                        #expect(!text.contains(secret), "\(page)")
                    }
                    #expect(try await hub.get("/api/v1/status").text.contains("login refused"))
                    #expect(hub.program.errors.lines.contains { $0.contains("login refused") })
                    #expect(hub.program.errors.lines.filter { $0.contains(secret) } == [])
                }
                let once = try await run(
                    Hub.binary,
                    ["run", "secret"] + Array(options.arguments(in: workspace).dropFirst()).filter(notListen),
                    environment: options.environment
                )
                #expect(once.status == 1)
                #expect((once.output + once.errors).filter { $0.contains(secret) } == [])
            }
        }

        @Test func aPluginThatKeepsFailingDoesNotFloodTheLog() async throws {
            try await withWorkspace(plugins: ["good"]) { workspace in
                try workspace.write(
                    "plugin { help = \"Fails.\" } function collect() error(\"no answer\") end",
                    to: "plugins/failing.lua"
                )
                try await withHub(HubOptions(plugins: [workspace.plugins]), in: workspace) { hub in
                    for _ in 1...20 { _ = try await hub.scrape() }
                    let lines = hub.program.errors.lines.filter { $0.contains("failing") }
                    #expect((1...5).contains(lines.count), "\(lines)")
                }
            }
        }
    }
}

/// Drops `--listen` and its address, which only `serve` takes.
private func notListen(_ argument: String) -> Bool {
    argument != "--listen" && argument != "localhost:0"
}
