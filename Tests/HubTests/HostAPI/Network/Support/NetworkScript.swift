import Testing

@testable import Hub

/// A plugin whose `collect` is a test's own, with `note(...)` that records values.
///
/// What is noted must be UTF-8, without a backslash before an `n`.
struct NetworkScript {
    let plugin: TestPlugin

    /// `needs` is what stands in the table of that name.
    init(
        _ body: String,
        needs: String,
        top: String = "",
        configuration: String = "",
        resolver: any AddressResolver = SystemResolver(),
        tape: TapeMode? = nil
    ) async throws {
        plugin = try await TestPlugin(
            """
            plugin { help = "Test.", needs = { \(needs) } } \(top)
            local noted, count = gauge("noted", "What the test notes.", { "n", "v" }), 0
            local function note(...)
              local parts = {}
              for i = 1, select("#", ...) do
                local value = select(i, ...)
                parts[i] = type(value) == "table" and "{" .. table.concat(value, ",") .. "}" or tostring(value)
              end
              count = count + 1
              noted(1, count, table.concat(parts, " | "))
            end
            function collect(target)
            \(body)
            end
            """,
            configuration: configuration,
            resolver: resolver,
            tape: tape
        )
    }

    /// Collects once; what is noted then, or the failure.
    func run(target: Int = 0) async -> [String] {
        let result = await plugin.collect(target: target)
        guard result.reason == nil else { return ["failed: \(result.text)"] }
        return result.samples.map { sample in
            // The text of the label's value, with its escapes undone.
            let value = String(sample.split(separator: "v=\"", maxSplits: 1).last?.dropLast("\"} 1".count) ?? "")
            return value.replacing("\\n", with: "\n").replacing("\\\"", with: "\"").replacing("\\\\", with: "\\")
        }
    }

    /// What a script notes in one collect, or its failure.
    static func notes(
        _ body: String,
        needs: String,
        configuration: String = "",
        resolver: any AddressResolver = SystemResolver()
    ) async throws -> [String] {
        try await NetworkScript(body, needs: needs, configuration: configuration, resolver: resolver).run()
    }
}
