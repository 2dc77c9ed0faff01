import Foundation
import Testing

extension EndToEndTests {
    /// A router has few sessions: they are kept, shared and given back.
    @Suite struct RtxSessionTests {
        @Test func oneSessionServesSeveralRuns() async throws {
            try await withRouters { simulator, hub in
                for _ in 1...3 { #expect(try await hub.scrape().value("yrhCpuUtil5sec") == 3) }
                let stats = try await simulator.stats()
                #expect(stats.connections == 1)
                #expect(stats.commands["show environment"] == 3)
                #expect(stats.notShow == [])
            }
        }

        @Test func twoScrapersAtOnceCostOneLoginAndOneRun() async throws {
            try await withRouters([#"{ "line_delay": 0.005 }"#]) { simulator, hub in
                async let first = hub.scrape()
                async let second = hub.scrape()
                #expect(try await first.value("yrhCpuUtil5sec") == 3)
                #expect(try await second.value("yrhCpuUtil5sec") == 3)
                let stats = try await simulator.stats()
                #expect(stats.connections == 1)
                #expect(stats.commands["show environment"] == 1)
            }
        }

        @Test func aSessionThatTheRouterEndedIsOpenedAgainInTheSameRun() async throws {
            try await withRouters { simulator, hub in
                for logins in 1...3 {
                    #expect(try await hub.scrape().value("hub_target_up") == 1)
                    #expect(try await simulator.stats().logins == logins)
                    try await simulator.drop(0)
                    _ = try await simulator.statsAfterLogout()
                }
                #expect(try await hub.scrape().failures("rtx", "error") == 0)
            }
        }

        @Test func aReloadLogsOut() async throws {
            try await withWorkspace { workspace in
                try workspace.ship("rtx")
                try await RouterSimulator.running(in: workspace) { simulator in
                    let options = HubOptions(plugins: [workspace.plugins], config: simulator.configuration())
                    try await withHub(options, in: workspace) { hub in
                        _ = try await hub.scrape()
                        #expect(try await simulator.stats().openSessions == 1)
                        let script = Workspace.shippedPlugins.appending(path: "rtx/init.lua")
                        let text = try String(contentsOf: script, encoding: .utf8)
                        try workspace.write(text + "-- changed\n", to: "plugins/rtx/init.lua")
                        #expect(try await hub.post("/-/reload").status == 200)
                        #expect(try await simulator.statsAfterLogout().notShow == ["exit"])
                        #expect(try await hub.scrape().value("yrhCpuUtil5sec") == 3)
                        #expect(try await simulator.stats().logins == 2)
                    }
                }
            }
        }

        @Test(arguments: [SIGTERM, SIGINT])
        func theEndOfTheHubLogsOutEverywhere(signal: Int32) async throws {
            try await withRouters(Array(repeating: "{}", count: 8)) { simulator, hub in
                _ = try await hub.scrape()
                #expect(try await simulator.stats().openSessions == 8)
                hub.program.signal(signal)
                let end = try await hub.program.waitForEnd()
                #expect(end.status == 0)
                let stats = try await simulator.stats()
                #expect(stats.notShow == Array(repeating: "exit", count: 8))
                #expect(stats.openSessions == 0)
            }
        }

        @Test func aRouterThatDoesNotTakeLeaveDoesNotKeepTheHub() async throws {
            let hanging = #"{ "fault": { "kind": "hang", "command": "exit" } }"#
            try await withRouters([hanging]) { simulator, hub in
                _ = try await hub.scrape()
                let asked = ContinuousClock.now
                hub.program.signal(SIGTERM)
                let end = try await hub.program.waitForEnd()
                #expect(end.status == 0)
                #expect(end.time - asked < .seconds(3))
                #expect(try await simulator.statsAfterLogout().notShow == ["exit"])
            }
        }

        @Test func aRouterOnIPv6Answers() async throws {
            try await withRouters(on: ["::1"]) { simulator, hub in
                #expect(simulator.routers[0].addresses[0].hasPrefix("[::1]:"))
                let text = try await hub.get("/metrics").text
                #expect(try RouterSamples.lines(of: "0", in: text) == RouterSamples.expected())
            }
        }

        @Test(arguments: ["127.0.0.1", "::1"])
        func aRouterOnOneFamilyAnswersByAName(host: String) async throws {
            try await withWorkspace { workspace in
                try workspace.ship("rtx")
                try await RouterSimulator.running(on: [host], in: workspace) { simulator in
                    let address = "localhost:\(simulator.routers[0].port)"
                    let arguments = ["run", "rtx", "--plugins", workspace.plugins.path, "--target", address]
                    let result = try await run(
                        Hub.binary,
                        arguments + ["--set", "password=\(RouterSimulator.password)"]
                    )
                    #expect(result.status == 0, "\(result.errors)")
                    let lines = RouterSamples.lines(of: address, in: result.output.joined(separator: "\n"))
                    #expect(try lines == RouterSamples.expected())
                    #expect(try await simulator.statsAfterLogout().notShow == ["exit"])
                }
            }
        }
    }
}
