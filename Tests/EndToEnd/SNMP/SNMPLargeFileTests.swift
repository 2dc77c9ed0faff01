import Foundation
import Testing

extension EndToEndTests {
    /// Module files of the size that snmp_exporter ships: 2 MB with more than 50 modules.
    @Suite struct SNMPLargeFileTests {
        /// What the program may use for such a file in addition to what it uses for a small one.
        private static let processorTime = Duration.milliseconds(500)
        /// Bytes, by the bytes of the file: it is read as a whole, and the allocator keeps some of what that took.
        private static let memory = 2

        private static let small = """
            auths: { public_v2: { version: 2 } }
            modules: { if_mib: { get: [1.3.6.1.2.1.1.5.0], metrics: [] } }

            """

        /// Copies of the modules in a file of the tests' data, and their names.
        private static func large() throws -> (text: String, modules: [String]) {
            let file = SNMPComparison.data.appending(path: "snmp-modules.yml")
            let modules = try String(contentsOf: file, encoding: .utf8).split(separator: "\nmodules:\n")[1]
            var text = small.prefix { $0 != "\n" } + "\nmodules:\n"
            var names: [String] = []
            for copy in 0..<36 {
                for line in modules.split(separator: "\n") {
                    guard line.hasPrefix("  "), !line.hasPrefix("   "), line.hasSuffix(":") else {
                        text += line + "\n"
                        continue
                    }
                    names.append(line.dropLast().drop { $0 == " " } + "_\(copy)")
                    text += "  \(names[names.count - 1]):\n"
                }
            }
            return (String(text), names)
        }

        private func use(_ modules: String, in workspace: Workspace, _ body: (Hub) async throws -> Void) async throws {
            let file = try workspace.write(modules, to: "snmp.yml")
            try await SNMPComparison.withHub(file, agentPort: 9, in: workspace, body)
        }

        @Test func modulesThatAreNotUsedCostLittleTimeAndMemory() async throws {
            let (text, names) = try Self.large()
            let size = text.utf8.count
            #expect(size > 2_000_000 && names.count > 50)
            try await withWorkspace { workspace in
                var before: ProcessUse?
                try await use(Self.small, in: workspace) { before = try ProcessUse(of: $0.program.pid) }
                let small = try #require(before)
                try await use(text, in: workspace) { hub in
                    let unused = try ProcessUse(of: hub.program.pid)
                    for name in names {
                        // Nobody listens there; by then the module has been decoded.
                        let answer = try await hub.get("/snmp?target=127.0.0.1:9&module=\(name)")
                        #expect(answer.status == 500)
                    }
                    let used = try ProcessUse(of: hub.program.pid)
                    let (time, added) = (unused.cpu - small.cpu, unused.resident - small.resident)
                    print(
                        "\(size) bytes of modules: \(time) CPU, \(added) bytes, used \(used.resident - small.resident)"
                    )
                    #expect(time < Self.processorTime)
                    #expect(added < size * Self.memory)
                    // Modules that are used do cost that, so that the bound means something.
                    #expect(used.resident - small.resident > size * Self.memory)
                }
            }
        }
    }
}
