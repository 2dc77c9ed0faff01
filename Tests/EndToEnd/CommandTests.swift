import Foundation
import Testing

extension EndToEndTests {
    @Suite struct CommandTests {
        @Test func checkAcceptsGoodPlugins() async throws {
            try await withWorkspace(plugins: ["good", "collect"]) { workspace in
                let config = try workspace.write("plugins: { counting: { settings: { seconds: 2 } } }", to: "hub.yml")
                let check = try await run(
                    Hub.binary,
                    ["check", "--config", config, "--plugins", workspace.plugins.path]
                )
                #expect(check.status == 0, "\(check.output + check.errors)")
            }
        }

        @Test func checkShowsWhatEachPluginMayTouch() async throws {
            try await withWorkspace(plugins: []) { workspace in
                let plugin = """
                    plugin {
                      help = "x",
                      needs = { files = { "/proc/loadavg" }, network = { "192.0.2.0/24:80" }, exec = { "/bin/true" } },
                    }
                    function collect() end
                    """
                try plugin.write(
                    to: workspace.plugins.appending(path: "touching.lua"),
                    atomically: true,
                    encoding: .utf8
                )
                let config = try workspace.write(
                    "plugins: { touching: { allow: { exec: [] } } }",
                    to: "hub.yml"
                )
                let check = try await run(
                    Hub.binary,
                    ["check", "--config", config, "--plugins", workspace.plugins.path]
                )
                let printed = check.output.joined(separator: "\n")
                #expect(printed.contains("touching: files: /proc/loadavg"), "\(printed)")
                #expect(printed.contains("touching: network: 192.0.2.0/24:80"), "\(printed)")
                #expect(printed.contains("touching: programs: nothing (asks for /bin/true)"), "\(printed)")
            }
        }

        @Test func checkNamesFileAndLineOfEveryBrokenPlugin() async throws {
            let plugins = Workspace.fixtures.appending(path: "broken").path
            let check = try await run(Hub.binary, ["check", "--plugins", plugins])
            let printed = (check.output + check.errors).joined(separator: "\n")
            #expect(check.status == 1)
            #expect(printed.contains("syntax_error.lua:4:"), "\(printed)")
            #expect(printed.contains("error_at_load.lua:3:"), "\(printed)")
            #expect(printed.contains("invalid_name.lua:3:"), "\(printed)")
            #expect(printed.contains("no_collect.lua"), "\(printed)")
            #expect(!check.errors.joined().contains("error_in_collect"), "check runs no collect:\n\(printed)")
        }

        @Test(arguments: [
            ("listen: [\":10100\"]\nplugin: {}\n", "hub.yml:2"), ("plugins:\n  - [\n", "hub.yml:"),
            ("limits:\n  memory: -1\n", "hub.yml:2"),
        ])
        func aWrongConfigurationIsNamedWithItsLineAndStartsNothing(config: String, place: String) async throws {
            try await withWorkspace(plugins: ["collect"]) { workspace in
                for command in ["check", "serve"] {
                    let result = try await call(command, with: config, in: workspace)
                    #expect(result.status == 1, "\(command)")
                    #expect(result.printed.contains(place), "\(command): \(result.printed)")
                }
            }
        }

        @Test(arguments: [
            ("listen: [\":8080\"]\nclients: { pi: { token: a } }\n", 0, "ok: configuration of the relay"),
            ("limits:\n  scrape: 5\n", 1, "relay.yml:2: unknown key \"scrape\", did you mean \"scrapes\"?"),
        ])
        func aRelaysConfigurationIsChecked(config: String, status: Int32, printed: String) async throws {
            try await withWorkspace(plugins: []) { workspace in
                let path = try workspace.write(config, to: "relay.yml")
                let check = try await run(Hub.binary, ["check", "--relay", path])
                #expect(check.status == status)
                #expect((check.output + check.errors).contains { $0.hasSuffix(printed) }, "\(check)")
                let both = try await run(Hub.binary, ["check", "--relay", path, "--config", path])
                #expect(both.status == 64 && both.errors.joined().contains("--relay is checked by itself"))
            }
        }

        @Test(arguments: [
            ("plugins:\n  counting: { settings: { second: 1 } }\n", "hub.yml:2"),
            ("plugins:\n  counting:\n    settings: { seconds: many }\n", "hub.yml:3"),
            ("plugins:\n  absent: {}\n", "hub.yml:2"),
        ])
        func aWrongSettingIsNamedWithItsLine(config: String, place: String) async throws {
            try await withWorkspace(plugins: ["collect"]) { workspace in
                let result = try await call("check", with: config, in: workspace)
                #expect(result.status == 1)
                #expect(result.printed.contains(place), "\(result.printed)")
            }
        }

        @Test func aWrongSettingCostsOnlyItsPlugin() async throws {
            try await withWorkspace(plugins: ["good", "collect"]) { workspace in
                var options = HubOptions(plugins: [workspace.plugins])
                options.config = "plugins:\n  counting: { settings: { second: 1 } }\n"
                try await withHub(options, in: workspace) { hub in
                    let samples = try await hub.scrape()
                    #expect(samples.value("test_steady") == 1)
                    #expect(samples.failures("counting", "load") >= 1)
                    #expect(hub.program.errors.lines.contains { $0.contains("hub.yml:2") })
                }
            }
        }

        @Test func runPrintsTheExpositionOfOneCollect() async throws {
            let plugins = Workspace.fixtures.appending(path: "good")
            for arguments in [["folder", "--plugins", plugins.path], [plugins.appending(path: "folder").path]] {
                let result = try await run(Hub.binary, ["run"] + arguments)
                #expect(result.status == 0, "\(result.errors)")
                let samples = try Samples(parsing: result.output.joined(separator: "\n"))
                #expect(samples.value("test_folder_value") == 7)
                #expect(result.output.contains("# TYPE test_folder_value gauge"))
            }
        }

        @Test func runTakesSettings() async throws {
            try await withWorkspace(plugins: ["files"]) { workspace in
                try workspace.write("plain", to: "plain")
                let plugin = workspace.plugins.appending(path: "read_granted.lua").path
                let result = try await run(Hub.binary, ["run", plugin, "--set", "dir=\(workspace.folder.path)"])
                #expect(result.status == 0, "\(result.errors)")
                #expect(result.output.contains("test_granted_bytes 5"))
            }
        }

        @Test(arguments: [
            ("error_in_collect", "error_in_collect.lua:7:"), ("syntax_error", "syntax_error.lua:4:"),
            ("endless_loop", "cpu"), ("absent", "absent"),
        ])
        func runOfABrokenPluginSaysWhyAndFails(plugin: String, reason: String) async throws {
            let plugins = Workspace.fixtures.appending(path: "broken").path
            let result = try await run(Hub.binary, ["run", plugin, "--plugins", plugins])
            #expect(result.status == 1)
            #expect(result.output == [])
            #expect(result.errors.contains { $0.lowercased().contains(reason) }, "\(result.errors)")
        }
    }
}

/// Runs a command with a configuration, on the workspace's plugins.
private func call(
    _ command: String,
    with config: String,
    in workspace: Workspace
) async throws -> (status: Int32, printed: String) {
    let file = try workspace.write(config, to: "hub.yml")
    let arguments = [command, "--config", file, "--plugins", workspace.plugins.path]
    let listen = command == "serve" ? ["--listen", "localhost:0"] : []
    let result = try await run(Hub.binary, arguments + listen)
    return (result.status, (result.output + result.errors).joined(separator: "\n"))
}
