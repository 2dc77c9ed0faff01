import Foundation
import Testing

extension EndToEndTests {
    /// What the kernel keeps the program from, whatever a script finds a way to.
    @Suite struct ConfinementTests {
        /// A plugin that makes a file with `touch`, which is held to what the process may write.
        private static func touching(_ name: String, _ file: String) -> String {
            """
            plugin { help = "Makes a file.", needs = { exec = { "/usr/bin/touch" } } }

            local status = gauge("test_\(name)_status", "Exit status of touch.")

            function collect()
              status(assert(exec { "/usr/bin/touch", "\(file)" }).status)
            end
            """
        }

        private static func constant(_ number: Int) -> String {
            """
            plugin { help = "One sample." }

            local late = gauge("test_late_\(number)", "Always the same.")

            function collect() late(\(number)) end
            """
        }

        @Test func aProgramOfAPluginWritesNothingOutsideTheStateFolder() async throws {
            try await withWorkspace { workspace in
                let state = workspace.folder.appending(path: "state")
                try FileManager.default.createDirectory(at: state, withIntermediateDirectories: true)
                let outside = workspace.folder.appending(path: "outside").path
                let inside = state.appending(path: "inside").path
                for (name, file) in [("outside", outside), ("inside", inside)] {
                    try workspace.write(Self.touching(name, file), to: "plugins/\(name).lua")
                }
                for isConfined in [true, false] {
                    var options = HubOptions(plugins: [workspace.plugins])
                    options.config = "state_dir: \(state.path)\nconfinement: \(isConfined)\n"
                    try await withHub(options, in: workspace) { hub in
                        let samples = try await hub.scrape()
                        #expect(samples.value("test_inside_status") == 0)
                        #expect(samples.value("test_outside_status") == (isConfined ? 1 : 0))
                        #expect(FileManager.default.fileExists(atPath: outside) == !isConfined)
                        let landlock = samples.value("hub_confinement", ["mechanism": "landlock"]) ?? -1
                        #expect(isConfined ? landlock >= 1 : landlock == 0)
                        let privileges = samples.value("hub_confinement", ["mechanism": "no_new_privs"])
                        #expect(privileges == (isConfined ? 1 : 0))
                    }
                }
            }
        }

        /// Reloading reads files on the threads that plugins gave work to.
        @Test func aHubWithConfinedPluginsStillReadsItsOwnFiles() async throws {
            try await withWorkspace(plugins: ["good"]) { workspace in
                var options = HubOptions(plugins: [workspace.plugins])
                options.config = "confinement: true\n"
                try await withHub(options, in: workspace) { hub in
                    for round in 1...20 {
                        try workspace.write(Self.constant(round), to: "plugins/late_\(round).lua")
                        #expect(try await hub.post("/-/reload").status == 200)
                        try await wait(until: "plugin \(round)") {
                            try await hub.scrape().value("test_late_\(round)") == Double(round)
                        }
                    }
                }
            }
        }
    }
}
