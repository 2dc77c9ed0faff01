import Foundation
import TestAgents
import Testing

extension EndToEndTests {
    /// Recorded cases of plugins that ask by SNMP.
    @Suite struct SNMPRecordTests {
        @Test func aRecordedRunPassesWithoutItsAgentAndHasNoSecret() async throws {
            let user = SNMPAgent.User(
                name: "monitor",
                authentication: ("SHA", "auth-password"),
                privacy: ("AES", "priv-password")
            )
            let lines =
                SNMPFunctionTests.objects + ["override .1.3.6.1.4.1.1182.9.1.0 octet_str \"is community-secret here\""]
            let options = SNMPAgent.Options(community: "community-secret", users: [user], lines: lines)
            let ways = [
                (["community=community-secret"], ["community-secret"]),
                (
                    ["version=3", "username=monitor", "password=auth-password", "priv_password=priv-password"],
                    ["auth-password", "priv-password"]
                ),
            ]
            try await withWorkspace(plugins: ["snmp"]) { workspace in
                for plugin in ["agent", "table"] {
                    for (number, way) in ways.enumerated() {
                        try await record(plugin, "way-\(number)", way, options, in: workspace)
                    }
                    let result = try await run(
                        Hub.binary,
                        ["test", plugin, "--plugins", workspace.plugins.path]
                    )
                    #expect(result.status == 0, "\(result.errors)")
                    #expect(result.output == ["2 of 2 cases passed"])
                }
            }
        }

        /// Records a run, whose agent has then ended.
        private func record(
            _ plugin: String,
            _ name: String,
            _ way: (settings: [String], secrets: [String]),
            _ options: SNMPAgent.Options,
            in workspace: Workspace
        ) async throws {
            let folder = workspace.plugins.appending(path: "\(plugin).cases/\(name)")
            try FileManager.default.createDirectory(
                at: folder.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            let recorded = try await SNMPAgent.running(options, in: workspace) { agent in
                try await run(
                    Hub.binary,
                    ["run", plugin, "--plugins", workspace.plugins.path, "--target", agent.address]
                        + ["--record", folder.path] + way.settings.flatMap { ["--set", $0] }
                )
            }
            #expect(recorded.status == 0, "\(recorded.errors)")
            for file in ["hub.yml", "exchanges.json", "expected.prom"] {
                let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
                #expect(!text.isEmpty)
                for secret in way.secrets {
                    #expect(!text.contains(secret), "\(file)")
                }
            }
        }
    }
}
