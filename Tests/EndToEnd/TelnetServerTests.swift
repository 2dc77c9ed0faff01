import Foundation
import Testing

extension EndToEndTests {
    /// The negotiation with a telnet server that is not of our making.
    @Suite struct TelnetServerTests {
        private static let commands = ["nothing", "lines 1", "lines 3000", "terminal", "name", "unknown"]

        @Test(arguments: ["device$ ", ""])
        func aRealTelnetServerTakesLoginCommandsAndLogout(prompt: String) async throws {
            try await TelnetServer.running { server in
                let result = try await collect(server, password: TelnetServer.password, prompt: prompt)
                // Without the setting only `> ` and `# ` are prompts, and `device$ ` is awaited in vain.
                guard !prompt.isEmpty else {
                    #expect(result.status == 1)
                    #expect(result.errors.contains { $0.contains("timed out waiting for the command prompt") })
                    #expect(result.errors.contains { $0.contains(#"last received "device$""#) }, "\(result.errors)")
                    return
                }
                #expect(result.status == 0, "\(result.errors)")
                try expectAnswers(try Samples(parsing: result.output.joined(separator: "\n")))
                try await wait(until: "the telnet server has ended") { server.notes.contains("ended") }
                let commands = Self.commands.map { "command \($0)" }
                #expect(server.notes == ["connected", "login monitor"] + commands + ["exit", "ended"])
            }
        }

        private func expectAnswers(_ samples: Samples) throws {
            for (command, count) in zip(Self.commands, [0, 1, 3000, 3, 2, 1]) {
                #expect(samples.value("shell_lines", ["command": command]) == Double(count), "\(command)")
            }
            let length = (1...3000).reduce(0) { $0 + "line \($1) of 3000: \n".utf8.count + $1 % 60 }
            #expect(samples.value("shell_bytes", ["command": "lines 3000"]) == Double(length))
            #expect(samples.value("shell_banner_lines") == 3)
            // RFC 1073 and RFC 1091: what the server asked for in the negotiation.
            for (label, value) in [("columns", "80"), ("rows", "24"), ("type", "vt100"), ("name", "本社ルータ")] {
                #expect(samples.value("shell_said_info", ["label": label, "value": value]) == 1, "\(label)")
            }
            #expect(samples.value("shell_said_info", ["label": "µ€", "value": "ÿÿ"]) == 1)
        }

        @Test func aWrongPasswordAtARealTelnetServerIsSaid() async throws {
            try await TelnetServer.running { server in
                let result = try await collect(server, password: "guessed-wrong", prompt: "device$ ")
                #expect(result.status == 1)
                #expect(result.errors.contains { $0.contains(#"login failed: "Login incorrect""#) }, "\(result.errors)")
                #expect(!result.errors.contains { $0.contains("guessed-wrong") })
                try await wait(until: "the telnet server has ended") { server.notes.contains("ended") }
                #expect(!server.notes.contains { $0.hasPrefix("login") })
            }
        }

        private func collect(
            _ server: TelnetServer,
            password: String,
            prompt: String
        ) async throws -> (status: Int32, output: [String], errors: [String]) {
            let plugin = Workspace.fixtures.appending(path: "telnet/shell.lua").path
            let settings = ["username=\(TelnetServer.username)", "password=\(password)", "prompt=\(prompt)"]
            let arguments = ["run", plugin, "--target", server.address, "--timeout", "20"]
            return try await run(Hub.binary, arguments + settings.flatMap { ["--set", $0] })
        }
    }
}
