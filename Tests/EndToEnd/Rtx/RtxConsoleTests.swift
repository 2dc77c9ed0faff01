import Foundation
import Testing

extension EndToEndTests {
    /// However a router's console looks, the samples are the same.
    @Suite struct RtxConsoleTests {
        @Test func everyLanguageCharacterSetAndPagerGivesTheSameSamples() async throws {
            let languages = [("ja", "sjis"), ("ja", "euc"), ("ja", "utf8"), ("en", "ascii"), ("en", "sjis")]
            let pagers = [#""pager": false"#, #""overwrite": "blanks""#, #""overwrite": "cr""#]
            try await expectTheSame(
                product(
                    languages.map { #""language": "\#($0)", "charset": "\#($1)""# },
                    pagers,
                    [#""telnet": true"#, #""telnet": false"#]
                )
            )
        }

        @Test func everyEchoLineEndAndWidthGivesTheSameSamples() async throws {
            let echoes = ["erase", "plain", "blank", "none"].map { #""echo": "\#($0)""# }
            try await expectTheSame(
                product(
                    echoes,
                    [#""line_feed_is_enter": true"#, #""line_feed_is_enter": false"#],
                    [
                        #""columns": 0"#, #""columns": 80"#,
                        #""columns": 80, "language": "en", "charset": "ascii""#, #""columns": 200"#,
                    ]
                )
            )
        }

        @Test func everyPromptAndLoginGivesTheSameSamples() async throws {
            try await expectTheSame(
                [
                    #"{ "prompt": "RTX1200" }"#, #"{ "prompt": "rtx@osaka.example" }"#,
                    #"{ "prompt": "本社ルータ", "charset": "euc" }"#, #"{ "username": "monitor" }"#,
                    #"{ "admin_password": "for-the-administrator" }"#,
                    #"{ "admin_password": "for-the-administrator", "needs_administrator": true, "prompt": "RTX" }"#,
                ],
                own: [
                    3: "username: monitor", 4: "admin_password: for-the-administrator",
                    5: "admin_password: for-the-administrator",
                ],
                sent: ["exit", "administrator"]
            )
        }

        @Test func aSlowRouterGivesTheSameSamples() async throws {
            try await expectTheSame([#"{ "line_delay": 0.01 }"#, #"{ "line_delay": 0.01, "pager": false }"#])
        }

        /// One byte at a time, so that every character, marker and prompt is torn somewhere.
        @Test func aRouterThatSendsByteByByteGivesTheSameSamples() async throws {
            let few = "lans: [\"2\"], pps: [\"1\"], tunnels: [], connections: false, dhcp: false, nat: false"
            try await withRouters([#"{ "byte_delay": 0.0001, "lines": 12 }"#], settings: few) { simulator, hub in
                let lines = RouterSamples.lines(of: "0", in: try await exposition(of: hub))
                let expected = try RouterSamples.expected().filter { line in
                    line.hasPrefix("yrh") || line.hasPrefix("rtx") || line.contains("{if=\"2\"}")
                        || line.contains("{if=\"pp1\"}")
                }
                #expect(lines == expected)
                #expect(try await simulator.stats().notShow == [])
            }
        }

        @Test func onlyTheSettingForItChangesTheConsole() async throws {
            try await expectTheSame(
                ["{}", "{}"],
                own: [1: "configure_console: true"],
                sent: ["exit", "console columns 200", "console lines infinity"]
            ) { simulator in
                #expect(try await simulator.stats(of: 0).notShow == ["exit"])
                let sent = try await simulator.stats(of: 1).notShow
                #expect(sent == ["console columns 200", "console lines infinity", "exit"])
            }
        }
    }
}

/// Every combination, as JSON objects.
private func product(_ parts: [String]...) -> [String] {
    parts.reduce([""]) { made, next in
        made.flatMap { start in next.map { start.isEmpty ? $0 : "\(start), \($0)" } }
    }.map { "{ \($0) }" }
}

private func exposition(of hub: Hub) async throws -> String {
    // Longer than any scrape: the routers of one test share one process of Python.
    let headers = ["X-Prometheus-Scrape-Timeout-Seconds": "60"]
    return try await HTTPRequest(path: "/metrics", headers: headers, timeout: .seconds(60)).send(to: hub.endpoints[0])
        .text
}

/// Scrapes routers with these options (JSON) once and compares their samples with the expected ones.
///
/// `own` has settings of single targets; `allowed` is what may have been sent besides `show ...`; `check` is called after
/// the hub has ended.
private func expectTheSame(
    _ options: [String],
    own: [Int: String] = [:],
    sent allowed: Set<String> = ["exit"],
    _ check: (RouterSimulator) async throws -> Void = { _ in }
) async throws {
    let expected = try RouterSamples.expected()
    try await withRouters(options, settings: "timeout: 20s", own: own) { simulator, hub in
        let text = try await exposition(of: hub)
        for (number, router) in options.enumerated() {
            let lines = RouterSamples.lines(of: "\(number)", in: text)
            #expect(lines == expected, "\(router): \(lines.difference(from: expected).map { "\($0)" })")
        }
        await hub.program.stop()
        let stats = try await simulator.statsAfterLogout()
        #expect(stats.logins == options.count)
        #expect(stats.failedLogins == 0)
        #expect(Set(stats.notShow).subtracting(allowed) == [])
        #expect(stats.notShow.count { $0 == "exit" } >= options.count)
        try await check(simulator)
    }
}
