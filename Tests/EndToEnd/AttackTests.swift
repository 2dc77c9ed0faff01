import Attacks
import Foundation
import Testing

extension EndToEndTests {
    /// Every attack is dropped as a plugin into a hub that serves another plugin meanwhile.
    @Suite struct AttackTests {
        static let cpuLimit = Duration.milliseconds(100)
        /// Beyond the CPU limit: 150 ms for the attack, the rest for the scrapes of both plugins and the clock's ticks.
        static let overshoot = Duration.milliseconds(150) + .milliseconds(250)
        /// Where the allocator refuses: twice the limit of 32 MiB plus 32 MiB; as much as the limit again is what the host
        /// may copy, and 16 MiB what the hub itself takes.
        static let memoryOvershoot = (2 * 32 + 32 + 32 + 16) << 20

        @Test(arguments: Attack.all)
        func anAttackOfPlainLuaHarmsNobody(attack: Attack) async throws { try await run(attack, mayBeRefused: true) }

        @Test(arguments: HostAttacks.all)
        func anAttackByThePluginAPIHarmsNobody(attack: Attack) async throws { try await run(attack) }

        private func run(_ attack: Attack, mayBeRefused: Bool = false) async throws {
            try await withWorkspace { workspace in
                let marker = workspace.folder.appending(path: "marker").path
                try workspace.write(Self.plugin(attack, until: marker), to: "plugins/attack.lua")
                try workspace.write(Self.steady, to: "plugins/steady.lua")
                var options = HubOptions(plugins: [workspace.plugins], listen: ["127.0.0.1:0"], addresses: 1)
                options.config = "limits: { cpu: 100ms }"
                try await withHub(options, in: workspace) { hub in
                    try await attacked(hub, attack)
                    try workspace.write("", to: "marker")
                    try await worksAgain(hub, attack, mayBeRefused)
                }
            }
        }

        private func attacked(_ hub: Hub, _ attack: Attack) async throws {
            try ProcessUse.resetPeak(of: hub.program.pid)
            let before = try ProcessUse(of: hub.program.pid)
            async let others = Self.scrapeSteadily(hub)
            _ = try await hub.scrape("/metrics?plugin=attack", timeout: 3)
            let after = try ProcessUse(of: hub.program.pid)
            #expect(try await others < .seconds(2), "\(attack): the other plugin had to wait")
            #expect(after.cpu - before.cpu < Self.cpuLimit + Self.overshoot, "\(attack)")
            #expect(after.peak - before.resident < Self.memoryOvershoot, "\(attack)")
            #expect(hub.program.end == nil, "\(attack) has ended the hub")
        }

        /// The longest of some scrapes of the other plugin.
        private static func scrapeSteadily(_ hub: Hub) async throws -> Duration {
            var longest = Duration.zero
            for _ in 1...5 {
                let start = ContinuousClock.now
                let samples = try await hub.scrape("/metrics?plugin=steady", timeout: 10)
                longest = max(longest, ContinuousClock.now - start)
                #expect(samples.value("steady") == 1)
            }
            return longest
        }

        /// A source that was refused has not run, and is refused again.
        private func worksAgain(_ hub: Hub, _ attack: Attack, _ mayBeRefused: Bool) async throws {
            let state = try await hub.scrape("/metrics")
            guard state.value("hub_plugin_up_to_date", ["plugin": "attack"]) == 1 else {
                return #expect(mayBeRefused && state.failures("attack", "load") > 0, "\(attack)")
            }
            try await wait(until: "the next run of \(attack) works") {
                try await hub.scrape("/metrics?plugin=attack").value("attack_is_over") == 1
            }
        }

        private static let steady = """
            plugin { help = "Works." }
            local steady = gauge("steady", "Always 1.")
            function collect() steady(1) end
            """

        private static func plugin(_ attack: Attack, until marker: String) -> String {
            """
            plugin { help = "Attacks.", needs = {
              files = { "\(marker)", "/proc/**", "/proc/*a*a*a*a*a*b" }, network = { "127.0.0.1:*" }, exec = { "/bin/true" },
            } }
            local over = gauge("attack_is_over", "1 after the attack.")
            local m, names = gauge("m", "A gauge."), {}
            for i = 1, 64 do names[i] = "l" .. i end
            local many = gauge("many", "With labels.", names)
            local h, s, states = histogram("h", "h"), summary("s", "s"), stateset("states", "s")
            local function long(text) return text:rep((8 << 20) // #text) end
            function collect()
              if fs.exists("\(marker)") then return over(1) end
              (function(...)
            \(attack.source)
              end)()
            end
            """
        }
    }
}
