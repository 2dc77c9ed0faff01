import Foundation
import Testing

extension EndToEndTests {
    /// `exporter-hub run --record` and `exporter-hub test`.
    @Suite struct RecordTests {
        @Test func aRecordedRunPassesWithoutItsRouter() async throws {
            try await withRecordedCase { cases in
                let result = try await cases.test()
                #expect(result.status == 0, "\(result.errors)")
                #expect(result.output == ["1 of 1 cases passed"])
                let expected = try cases.read("expected.prom")
                #expect(expected.contains("\nifOutOctets{if=\"1\",target=\"\(cases.address)\"} 51255053848\n"))
            }
        }

        @Test func noSecretIsInARecordedCase() async throws {
            let router = #"{ "admin_password": "for-the-administrator", "username": "monitor" }"#
            let settings = ["username=monitor", "admin_password=for-the-administrator", "pps=1", "tunnels=1"]
            try await withRecordedCase(router, settings: settings) { cases in
                for file in ["hub.yml", "exchanges.json", "expected.prom"] {
                    let text = try cases.read(file)
                    #expect(!text.isEmpty)
                    #expect(!text.contains(RouterSimulator.password), "\(file)")
                    #expect(!text.contains("for-the-administrator"), "\(file)")
                }
                #expect(try await cases.test().status == 0)
            }
        }

        @Test func aFailedRunIsACaseAsWell() async throws {
            try await withRecordedCase(settings: ["password=guessed-wrong"]) { cases in
                let expected = try cases.read("expected.prom")
                #expect(expected.hasPrefix("# FAILED rtx (\(cases.address)): error: \(cases.address): login failed: "))
                #expect(try await cases.test().status == 0)
            }
        }

        @Test func aDifferenceIsShownByLinesAndUpdateAcceptsIt() async throws {
            try await withRecordedCase { cases in
                let good = try cases.read("expected.prom")
                let sample = "yrhMemoryUtil{target=\"\(cases.address)\"}"
                try cases.write(good.replacing("\(sample) 24", with: "\(sample) 25"), to: "expected.prom")
                let result = try await cases.test()
                #expect(result.status == 1)
                #expect(result.output == ["0 of 1 cases passed"])
                #expect(
                    result.errors == [
                        "rtx/recorded: differs (- expected, + got):", "  - \(sample) 25", "  + \(sample) 24",
                    ]
                )
                let update = try await cases.test("--update")
                #expect(update.status == 0)
                #expect(update.output == ["1 of 1 cases written"])
                #expect(try cases.read("expected.prom") == good)
            }
        }

        @Test func anExchangeThatIsMissingIsNamed() async throws {
            try await withRecordedCase { cases in
                let whole = try cases.read("exchanges.json")
                let missing = "connection to \(cases.address) is not in the recorded case"
                try await cases.expectFailure("exchanges.json", #"{ "time": 0, "exchanges": [] }"#, missing)
                let other = whole.replacing("show status lan2", with: "show status lan7")
                let place = #"the recorded case expects "show status lan7\r" here, got "show status lan2\r""#
                try await cases.expectFailure("exchanges.json", other, place)
                let short =
                    #"{ "time": 0, "exchanges": [ { "stream": "\#(cases.address)", "steps": [ "#
                    + #"{ "receive": "\r\nPassword: " } ] } ] }"#
                try await cases.expectFailure("exchanges.json", short, "the recorded case ends here, got \"<secret>\"")
            }
        }

        @Test func aBrokenCaseIsNamedWithItsFile() async throws {
            try await withRecordedCase { cases in
                let problem = "exchanges.json: not a recorded run: "
                try await cases.expectFailure("exchanges.json", "{ \"time\": 0,", problem + "not valid JSON")
                let call = #"{ "time": 0, "exchanges": [ { "call": "fs.read" } ] }"#
                let place = #"exchanges[0]: "arguments" is missing"#
                try await cases.expectFailure("exchanges.json", call, problem + place)
                try await cases.expectFailure("hub.yml", "plugins: [", "hub.yml:")
                try cases.remove("expected.prom")
                let result = try await cases.test()
                #expect(result.status == 1)
                #expect(result.errors == ["rtx/recorded: expected.prom is missing, write it with --update"])
                try cases.remove("exchanges.json")
                #expect(try await cases.test().errors.contains { $0.contains("exchanges.json: ") })
            }
        }

        @Test func aPluginWithoutCasesOrWithoutAFileIsAnError() async throws {
            try await withWorkspace(plugins: ["collect"]) { workspace in
                let plugins = ["--plugins", workspace.plugins.path]
                for (plugin, reason) in [("counting", "counting has no recorded cases"), ("absent", "absent")] {
                    let result = try await run(Hub.binary, ["test", plugin] + plugins)
                    #expect(result.status == 1)
                    #expect(result.errors.contains { $0.contains(reason) }, "\(result.errors)")
                }
                #expect(try await run(Hub.binary, ["test"] + plugins).output == ["0 of 0 cases passed"])
            }
        }
    }
}

/// One case of the rtx plugin in a workspace; the router that it was recorded from is gone.
private struct RecordedCase {
    let workspace: Workspace
    let address: String
    private var folder: String { "plugins/rtx/cases/recorded" }

    func test(_ options: String...) async throws -> (status: Int32, output: [String], errors: [String]) {
        try await run(Hub.binary, ["test", "rtx", "--plugins", workspace.plugins.path] + options)
    }

    /// Replaces a file, expects the case to fail with a text, and puts the file back.
    func expectFailure(_ file: String, _ content: String, _ text: String) async throws {
        let old = try read(file)
        try write(content, to: file)
        let result = try await test()
        #expect(result.status == 1)
        #expect(result.errors.joined(separator: "\n").contains(text), "\(result.errors)")
        try write(old, to: file)
    }

    func read(_ file: String) throws -> String {
        try String(contentsOf: workspace.folder.appending(path: "\(folder)/\(file)"), encoding: .utf8)
    }

    func write(_ text: String, to file: String) throws { try workspace.write(text, to: "\(folder)/\(file)") }

    func remove(_ file: String) throws { try workspace.remove("\(folder)/\(file)") }
}

/// Records a run against a simulated router and gives the case to `body` once the router has ended.
private func withRecordedCase(
    _ router: String = "{}",
    settings: [String] = [],
    _ body: (RecordedCase) async throws -> Void
) async throws {
    try await withWorkspace { workspace in
        try workspace.ship("rtx")
        try? workspace.remove("plugins/rtx/cases")
        let cases = workspace.plugins.appending(path: "rtx/cases")
        try FileManager.default.createDirectory(at: cases, withIntermediateDirectories: true)
        let address = try await RouterSimulator.running([router], in: workspace) { simulator in
            let address = simulator.routers[0].addresses[0]
            let all = ["password=\(RouterSimulator.password)"] + settings
            let result = try await run(
                Hub.binary,
                ["run", "rtx", "--plugins", workspace.plugins.path, "--target", address]
                    + ["--record", cases.appending(path: "recorded").path] + all.flatMap { ["--set", $0] }
            )
            #expect((result.status == 0) == result.errors.isEmpty, "\(result.errors)")
            return address
        }
        try await body(RecordedCase(workspace: workspace, address: address))
    }
}
