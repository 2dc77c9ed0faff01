import Foundation
import Testing

extension EndToEndTests {
    @Suite struct ListenTests {
        /// `localhost` means both loopback addresses, whatever the hosts file says of it.
        @Test(arguments: ["localhost:0", ":0"])
        func bothFamiliesAreServedOnOnePort(listen: String) async throws {
            try await withWorkspace(plugins: ["good"]) { workspace in
                var options = HubOptions(plugins: [workspace.plugins])
                options.listen = [listen]
                try await withHub(options, in: workspace) { hub in
                    let ports = hub.endpoints.map { endpoint -> UInt16? in
                        switch endpoint {
                        case .ipv4(let port), .ipv6(let port): port
                        case .unix: nil
                        }
                    }
                    let port = try #require(ports.first ?? nil)
                    #expect(Set(ports) == [port])
                    #expect(Set(hub.endpoints) == [.ipv4(port), .ipv6(port)])
                    for endpoint in hub.endpoints {
                        #expect(try await hub.scrape(from: endpoint).value("test_steady") == 1)
                    }
                }
            }
        }

        @Test func aSocketFileIsServedAndRemovedAtTheEnd() async throws {
            try await withWorkspace(plugins: ["good"]) { workspace in
                let path = workspace.folder.appending(path: "hub.sock").path
                var options = HubOptions(plugins: [workspace.plugins])
                options.listen = ["unix:\(path)"]
                options.addresses = 1
                try await withHub(options, in: workspace) { hub in
                    #expect(hub.endpoints == [.unix(path)])
                    let samples = try await hub.scrape()
                    #expect(samples.value("test_steady") == 1)
                }
                #expect(!FileManager.default.fileExists(atPath: path))
            }
        }

        @Test func aSecondHubOnThePortSaysSoAndEnds() async throws {
            try await withWorkspace(plugins: ["good"]) { workspace in
                try await withHub(HubOptions(plugins: [workspace.plugins]), in: workspace) { hub in
                    let address = hub.endpoints[0].host
                    let second = try await run(
                        Hub.binary,
                        ["serve", "--plugins", workspace.plugins.path, "--listen", address]
                    )
                    #expect(second.status == 1)
                    #expect(second.errors.contains { $0.contains(address) && $0.contains("already in use") })
                }
            }
        }

        @Test func anAddressThisMachineDoesNotHaveIsNamed() async throws {
            try await withWorkspace(plugins: ["good"]) { workspace in
                // 192.0.2.0/24 is for documentation (RFC 5737).
                let hub = try await run(
                    Hub.binary,
                    ["serve", "--plugins", workspace.plugins.path, "--listen", "192.0.2.1:0"]
                )
                #expect(hub.status == 1)
                #expect(hub.errors.contains { $0.contains("192.0.2.1") })
            }
        }
    }
}
