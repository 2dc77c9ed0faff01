import Foundation
import Testing

extension EndToEndTests {
    /// Networks that break, as network namespaces; what is expected stands in Tests/peers/relay_network.py.
    @Suite struct RelayNetworkTests {
        @Test(arguments: [
            "nat_address_changes", "client_vanishes", "relay_vanishes", "poll_is_handed_to_a_dead_connection",
        ])
        func whatBreaksIsNoticedAndTheNextScrapeSucceeds(scenario: String) async throws {
            let script = Workspace.checkout.appending(path: "Tests/peers/relay_network.py").path
            let result = try await run("python3", ["-B", script, "--hub", Hub.binary, scenario], within: .seconds(170))
            #expect(result.status == 0, "\((result.output + result.errors.suffix(3)).joined(separator: "\n"))")
        }
    }
}
