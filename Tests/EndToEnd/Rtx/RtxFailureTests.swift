import Foundation
import Testing

extension EndToEndTests {
    /// Whatever a router does wrong costs its own samples and says why.
    @Suite struct RtxFailureTests {
        struct Failure: Sendable {
            let router: String
            var own = ""
            let error: String
            /// Whether the session gets as far as to a prompt.
            var logsIn = false
        }

        private static func fault(_ kind: String, after bytes: Int, in command: String? = nil) -> String {
            let command = command.map { #", "command": "\#($0)""# } ?? ""
            return #"{ "fault": { "kind": "\#(kind)", "after_bytes": \#(bytes)\#(command) } }"#
        }

        static let failures: [Failure] = [
            Failure(
                router: "{}",
                own: "password: guessed-wrong",
                error: #"login failed: "エラー：パスワードが間違っています""#
            ),
            Failure(
                router: #"{ "language": "en", "charset": "ascii" }"#,
                own: "password: guessed-wrong",
                error: #"login failed: "Error: Incorrect password""#
            ),
            Failure(
                router: #"{ "username": "monitor" }"#,
                error: #"login failed: "エラー：パスワードが間違っています""#
            ),
            Failure(
                router: "{}",
                own: "username: monitor",
                error: "a user name is set, and the peer does not ask for one"
            ),
            Failure(
                router: #"{ "admin_password": "for-the-administrator" }"#,
                own: "admin_password: guessed-wrong",
                error: #"administrator refused: "エラー：パスワードが間違っています""#
            ),
            Failure(
                router: #"{ "needs_administrator": true, "language": "en" }"#,
                error: "show environment: Administrator use only",
                logsIn: true
            ),
            Failure(
                router: #"{ "max_sessions": 0 }"#,
                error: "the peer closed the connection while waiting for the password prompt; nothing was received"
            ),
            Failure(
                router: fault("die", after: 0),
                error: "the peer closed the connection while waiting for the password prompt; nothing was received"
            ),
            Failure(
                router: fault("die", after: 100, in: "show status lan2"),
                error: #"the peer closed the connection while waiting for the end of the answer to "show status lan2""#
            ),
            Failure(
                router: fault("hang", after: 0),
                error: "timed out waiting for the password prompt; nothing was received"
            ),
            Failure(
                router: fault("hang", after: 60),
                error: #"timed out waiting for the command prompt; last received "RTX1200 Rev.10.01.53 (Mon Sep""#
            ),
            Failure(
                router: fault("hang", after: 100, in: "show status lan2"),
                error: #"timed out waiting for the end of the answer to "show status lan2""#
            ),
            Failure(
                router: fault("flood", after: 60, in: "show status lan2"),
                error: "show status lan2: 127.0.0.1:"
            ),
            Failure(router: "{}", own: "charset: utf-8", error: "is charset right?", logsIn: true),
        ]

        @Test func aRouterThatFailsSaysWhyAndLeavesTheOthersServed() async throws {
            let good = Self.failures.count
            let own = Dictionary(uniqueKeysWithValues: Self.failures.enumerated().map { ($0, $1.own) })
            try await withRouters(Self.failures.map(\.router) + ["{}"], settings: "timeout: 2s", own: own) {
                simulator,
                hub in
                let text = try await hub.get("/metrics").text
                #expect(try RouterSamples.lines(of: "\(good)", in: text) == RouterSamples.expected())
                let samples = try Samples(parsing: text)
                for (number, failure) in Self.failures.enumerated() {
                    let error = try #require(try await hub.error(of: "\(number)", in: "rtx"), "\(failure.router)")
                    #expect(error.contains(failure.error))
                    #expect(error.contains("127.0.0.1:\(simulator.routers[number].port)") || failure.logsIn)
                    #expect(!error.contains("guessed-wrong") && !error.contains(RouterSimulator.password))
                    #expect(samples.value("hub_target_up", ["target": "\(number)"]) == 0)
                    #expect(RouterSamples.lines(of: "\(number)", in: text) == [], "\(failure.router)")
                    try await expectLogout(simulator, number, failure)
                }
                #expect(samples.value("hub_target_up", ["target": "\(good)"]) == 1)
                #expect(samples.failures("rtx", "error") == Double(Self.failures.count))
                let floodError = try await hub.error(of: "12", in: "rtx")
                #expect(floodError?.contains("a line must not be longer than 65536 bytes") == true)
            }
        }

        /// Nothing stays open at a router that failed, and nothing was sent that may change it.
        private func expectLogout(_ simulator: RouterSimulator, _ number: Int, _ failure: Failure) async throws {
            let stats = try await simulator.statsAfterLogout(of: number)
            #expect(Set(stats.notShow).subtracting(["exit", "administrator"]) == [], "\(failure.router)")
            #expect(stats.notShow.contains("exit") == failure.logsIn, "\(failure.router)")
            #expect(stats.connections == 1, "\(failure.router)")
        }

        @Test func nobodyListeningIsSaidWithEveryAddress() async throws {
            try await withWorkspace { workspace in
                try workspace.ship("rtx")
                let port = try freePort()
                let config = "plugins: { rtx: { targets: [ \"127.0.0.1:\(port)\", \"[::1]:\(port)\" ] } }"
                try await withHub(HubOptions(plugins: [workspace.plugins], config: config), in: workspace) { hub in
                    #expect(try await hub.scrape().failures("rtx", "error") == 2)
                    for address in ["127.0.0.1:\(port)", "[::1]:\(port)"] {
                        let error = try await hub.error(of: address, in: "rtx")
                        let reason = "cannot connect to \(address): \(address): connection refused"
                        #expect(error == "error: \(reason)")
                    }
                }
            }
        }

        @Test func aRouterThatHangsPastTheDeadlineDelaysNobody() async throws {
            let hanging = Self.fault("hang", after: 100, in: "show status lan2")
            try await withRouters([hanging, "{}"], settings: "timeout: 1m") { simulator, hub in
                let asked = ContinuousClock.now
                let samples = try await hub.scrape(timeout: 3)
                #expect(ContinuousClock.now - asked < .seconds(3))
                #expect(samples.value("yrhCpuUtil5sec", ["target": "1"]) == 3)
                #expect(samples.value("hub_target_up", ["target": "0"]) == 0)
                let timeouts = ["target": "0", "reason": "timeout"]
                #expect(samples.value("hub_target_failures_total", timeouts) == 1)
                _ = try await simulator.statsAfterLogout(of: 0)
                try await simulator.set(0, #"{ "fault": null }"#)
                try await wait(until: "the router is served again") {
                    try await hub.scrape().value("yrhCpuUtil5sec", ["target": "0"]) == 3
                }
            }
        }
    }
}
