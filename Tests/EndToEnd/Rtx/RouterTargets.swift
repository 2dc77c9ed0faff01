import Foundation

extension RouterSimulator {
    /// A hub.yml with every router as a target that is named by its number.
    ///
    /// `keys` are keys of the plugin, as in `interval: 1s`; `settings` are the plugin's besides the password, and `own`
    /// those of single routers, both in YAML's flow style.
    func configuration(keys: String = "", settings: String = "", own: [Int: String] = [:]) -> String {
        var lines = ["plugins:", "  rtx:"]
        if !keys.isEmpty { lines.append("    \(keys)") }
        let more = settings.isEmpty ? "" : ", \(settings)"
        lines.append("    settings: { password: \"\(Self.password)\"\(more) }")
        lines.append("    targets:")
        for (number, router) in routers.enumerated() {
            let settings = own[number].map { ", settings: { \($0) }" } ?? ""
            lines.append("      - { address: \"\(router.addresses[0])\", name: \"\(number)\"\(settings) }")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension Workspace {
    /// Puts a copy of a shipped plugin into the plugin folder.
    func ship(_ plugin: String) throws {
        try FileManager.default.copyItem(
            at: Self.shippedPlugins.appending(path: plugin),
            to: plugins.appending(path: plugin)
        )
    }
}

/// Runs `body` with simulated routers and a hub that has the rtx plugin alone.
func withRouters<Value>(
    _ options: [String] = ["{}"],
    on hosts: [String] = ["127.0.0.1"],
    keys: String = "",
    settings: String = "",
    own: [Int: String] = [:],
    _ body: (RouterSimulator, Hub) async throws -> Value
) async throws -> Value {
    try await withWorkspace { workspace in
        try workspace.ship("rtx")
        return try await RouterSimulator.running(options, on: hosts, in: workspace) { simulator in
            var hub = HubOptions(plugins: [workspace.plugins])
            hub.config = simulator.configuration(keys: keys, settings: settings, own: own)
            return try await withHub(hub, in: workspace) { try await body(simulator, $0) }
        }
    }
}

extension Hub {
    private struct Status: Decodable {
        struct Plugin: Decodable {
            let name: String
            let targets: [Target]
        }

        struct Target: Decodable {
            let name: String
            let error: String?
        }

        let plugins: [Plugin]
    }

    /// Why the last run of a target failed, as the status says; nil when it was good.
    func error(of target: String, in plugin: String) async throws -> String? {
        let status = try JSONDecoder().decode(Status.self, from: Data(try await get("/api/v1/status").body))
        let targets = status.plugins.first { $0.name == plugin }?.targets ?? []
        guard let found = targets.first(where: { $0.name == target }) else {
            throw HarnessError(description: "no target \(target) in the status")
        }
        return found.error
    }
}

/// Sample lines of the rtx plugin as the exposition has them, to the letter.
enum RouterSamples {
    /// What a router with the simulator's values comes to with `names: classic`, without the label `target`.
    ///
    /// Written by hand from the values in Tests/peers/router/values.py.
    static func expected() throws -> [String] {
        let file = Workspace.checkout.appending(path: "Tests/EndToEnd/Fixtures/rtx/classic.prom")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init).sorted()
    }

    /// The sample lines of a target, sorted, with the label `target` taken off.
    static func lines(of target: String, in exposition: String) -> [String] {
        let label = "target=\"\(target)\""
        return exposition.split(separator: "\n").filter { !$0.hasPrefix("#") && !$0.hasPrefix("hub_") }
            .filter { $0.contains(label) }
            .map { line in
                String(
                    line.replacing(",\(label)", with: "").replacing("{\(label)}", with: "")
                        .replacing("\(label),", with: "")
                )
            }
            .sorted()
    }
}
