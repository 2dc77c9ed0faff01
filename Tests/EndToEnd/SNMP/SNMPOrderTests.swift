import Foundation
import Testing

extension EndToEndTests {
    /// Agents whose objects are not in their order, with and without `allow_nonincreasing_oids`.
    @Suite struct SNMPOrderTests {
        private static let root = "1.3.6.1.4.1.99999.1"
        private static let order = [1, 2, 4, 3, 6, 5, 7]

        private static func module(_ name: String, _ repetitions: Int, allows: Bool) -> String {
            """
              \(name):
                walk: [\(root)]
                max_repetitions: \(repetitions)
                allow_nonincreasing_oids: \(allows)
                metrics:
                - { name: order, oid: \(root), type: gauge, help: O., indexes: [{ labelname: i, type: gauge }] }

            """
        }

        /// The statuses are those of snmp_exporter 0.30.1, which compares with the object that it asked for.
        @Test(arguments: [
            (1, false, 500), (1, true, 200), (2, false, 200), (2, true, 200), (3, false, 500), (3, true, 200),
            (4, false, 200), (5, false, 500), (5, true, 200), (25, false, 200), (25, true, 200),
        ])
        func objectsOutOfOrderAreReadWhereSNMPExporterDoes(repetitions: Int, allows: Bool, status: Int) async throws {
            let exporter = try await SNMPExporter()
            try await withWorkspace { workspace in
                let lines =
                    Self.order.map { "\(Self.root).\($0) integer \($0)\n" } + ["1.3.6.1.4.1.99999.9.1 integer 9\n"]
                let objects = try workspace.write(lines.joined(), to: "objects.txt")
                let modules = "auths: { public_v2: { version: 2 } }\nmodules:\n"
                let file = try workspace.write(
                    modules + Self.module("if_mib", repetitions, allows: allows),
                    to: "snmp.yml"
                )
                try await SNMPResponder.running(["--file", objects, "--as-written"]) { responder in
                    let address = responder.addresses[0]
                    let port = try #require(address.split(separator: ":").last.flatMap { UInt16($0) })
                    try await SNMPComparison.withHub(file, agentPort: port, in: workspace) { hub in
                        try await expect(status, hub.endpoints[0], address)
                        guard exporter.version >= SNMPExporter.Version.recorded else { return }
                        try await exporter.running(file) { try await expect(status, $0, address) }
                    }
                }
            }
        }

        private func expect(_ status: Int, _ endpoint: Endpoint, _ address: String) async throws {
            let answer = try await SNMPComparison.answer(endpoint, "/snmp?target=\(address)")
            #expect(answer.status == status, "\(answer.text)")
            guard status == 200 else { return }
            #expect(Set(try Samples(parsing: answer.text)("order").map(\.value)) == Set(Self.order.map(Double.init)))
        }
    }
}
