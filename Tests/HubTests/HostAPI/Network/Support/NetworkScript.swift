import Testing

@testable import Hub

/// A plugin whose `collect` is a test's own, with `note(...)` that records values.
struct NetworkScript {
    let plugin: TestPlugin

    /// `needs` is what stands in the table of that name.
    init(
        _ body: String,
        needs: String,
        top: String = "",
        configuration: String = "",
        resolver: any AddressResolver = SystemResolver()
    ) async throws {
        plugin = try await TestPlugin(
            """
            plugin { help = "Test.", needs = { \(needs) } } \(top)
            local function note(...)
              local parts = {}
              for i = 1, select("#", ...) do
                local value = select(i, ...)
                parts[i] = type(value) == "table" and "{" .. table.concat(value, ",") .. "}" or tostring(value)
              end
              log.info(table.concat(parts, " | "))
            end
            function collect(target)
            \(body)
            end
            """,
            configuration: configuration,
            resolver: resolver
        )
    }

    /// What the script has noted so far.
    var notes: [String] {
        plugin.log.lines.compactMap { line in
            guard line.hasPrefix("info ") else { return nil }
            return String(line.dropFirst(5).replacing(" plugin=test", with: ""))
        }
    }

    /// Collects once; what is noted then, and the failure if there is one.
    func run(target: Int = 0) async -> [String] {
        let before = notes.count
        let result = await plugin.collect(target: target)
        return notes.dropFirst(before) + (result.reason == nil ? [] : ["failed: \(result.text)"])
    }

    /// What a script notes in one collect, and its failure if there is one.
    static func notes(
        _ body: String,
        needs: String,
        configuration: String = "",
        resolver: any AddressResolver = SystemResolver()
    ) async throws -> [String] {
        try await NetworkScript(body, needs: needs, configuration: configuration, resolver: resolver).run()
    }
}
