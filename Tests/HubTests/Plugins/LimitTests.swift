import Testing

@testable import Hub

@Suite struct LimitTests {
    private static let samples = "local m = gauge('a', 'h', { 'i' })"

    @Test func tooManySamplesEndTheRunWithTheirReason() async throws {
        let plugin = try await TestPlugin(
            "\(TestPlugin.declaration) \(Self.samples) function collect() for i = 1, 11 do m(1, i) end end",
            configuration: "plugins: { test: { limits: { samples: 10 } } }"
        )
        let result = await plugin.collect()
        #expect(result.samples == ["samples: more than 10 samples"])
        #expect(!result.discardsState)
    }

    @Test func asManySamplesAsAllowedAreServed() async throws {
        let plugin = try await TestPlugin(
            "\(TestPlugin.declaration) \(Self.samples) function collect() for i = 1, 10 do m(1, i) end end",
            configuration: "plugins: { test: { limits: { samples: 10 } } }"
        )
        #expect(await plugin.collect().samples.count == 10)
    }

    @Test func aLimitThatIsSwallowedStillEndsTheRun() async throws {
        let plugin = try await TestPlugin(
            """
            \(TestPlugin.declaration) \(Self.samples)
            function collect() for i = 1, 500 do pcall(m, 1, i) end end
            """,
            configuration: "plugins: { test: { limits: { samples: 10 } } }"
        )
        #expect(await plugin.collect().samples == ["samples: more than 10 samples"])
        #expect(await plugin.collect().samples == ["samples: more than 10 samples"])
    }

    @Test func tooManyBytesEndTheRunWithTheirReason() async throws {
        let plugin = try await TestPlugin(
            """
            \(TestPlugin.declaration) \(Self.samples)
            function collect() for i = 1, 100 do pcall(m, 1, string.rep("x", 1000) .. i) end end
            """,
            configuration: "plugins: { test: { limits: { bytes: 10KiB } } }"
        )
        #expect(await plugin.collect().samples == ["bytes: more than 10240 bytes of samples"])
    }

    @Test(arguments: ["parallel({f})", "coroutine.wrap(parallel)({f})", "parallel({f}, {timeout = 1})"])
    func parallelCallsAreNotNestedWithoutEnd(call: String) async throws {
        let plugin = try await TestPlugin(
            """
            \(TestPlugin.declaration) local m = gauge('a', 'h')
            local function f() local _, errors = \(call) if errors[1] then error(errors[1], 0) end end
            function collect() f() end
            """
        )
        let result = await plugin.collect()
        #expect(result.samples.first?.contains("parallel: more than 100 calls within each other") == true)
        #expect(!result.discardsState)
    }

    /// Scripts that would never end; `m` is a gauge.
    @Test(arguments: [
        "while true do end", "while true do pcall(error) end", "pcall(function() while true do end end) m(1)",
        "local function f() return f() end f()", "repeat until false",
        "string.rep('a', 40):find(string.rep('a?', 40) .. string.rep('a', 40) .. 'b')",
        "table.move({}, 1, math.maxinteger - 1, 2)",
        "xpcall(function() while true do end end, function() while true do end end)",
        "coroutine.wrap(function() while true do end end)()",
    ])
    func aRunThatBurnsItsCPUEndsAndSpoilsTheState(body: String) async throws {
        let plugin = try await TestPlugin(
            "\(TestPlugin.declaration) local m = gauge('a', 'h') function collect() \(body) end",
            configuration: "plugins: { test: { limits: { cpu: 50ms } } }"
        )
        let result = await plugin.collect()
        #expect(result.reason == .cpu, "\(result.text)")
        #expect(result.discardsState)
        #expect(result.cpuSeconds >= 0.05)
        #expect(await plugin.collect().samples == ["abort: the plugin's state was discarded"])
    }

    @Test(arguments: [
        "local t = {} for i = 1, 1e9 do t[i] = i end", "local s = 'x' while true do s = s .. s end",
        "local t = {} pcall(function() for i = 1, 1e9 do t[i] = ('x'):rep(1000) .. i end end)",
        "string.rep('x', 1e9)",
    ])
    func aRunThatTakesTooMuchMemoryEndsAndSpoilsTheState(body: String) async throws {
        let plugin = try await TestPlugin(
            "\(TestPlugin.declaration) function collect() \(body) end",
            configuration: "plugins: { test: { limits: { memory: 4MiB, cpu: 10s } } }"
        )
        let result = await plugin.collect()
        let isRefused = result.text.hasPrefix("error:") && result.text.contains("memory")
        #expect(result.reason == .memory || isRefused, "\(result.text)")
        if result.reason == .memory { #expect(result.discardsState) }
    }

    @Test func everyRunHasItsOwnCPUTime() async throws {
        let plugin = try await TestPlugin(
            "\(TestPlugin.declaration) function collect() local n = 0 for i = 1, 200000 do n = n + i end end",
            configuration: "plugins: { test: { limits: { cpu: 100ms } } }"
        )
        for _ in 1...30 { #expect(await plugin.collect().reason == nil) }
    }

    @Test func aNewRuntimeOfTheSameSourceWorksAfterATrip() async throws {
        let source = "\(TestPlugin.declaration) local m = gauge('a', 'h') function collect() m(1) end"
        for _ in 1...3 {
            let spoilt = try await TestPlugin("\(TestPlugin.declaration) function collect() while true do end end")
            #expect(await spoilt.collect().reason == .cpu)
            #expect(try await TestPlugin(source).collect().samples == ["a 1"])
        }
    }

    @Test func aSourceOverTheLimitIsNotLoaded() async throws {
        let source = "\(TestPlugin.declaration) function collect() end --" + String(repeating: "x", count: 70_000)
        let samples = try await TestPlugin.samples(source)
        #expect(samples == ["load: test.lua: source must not be longer than 65536 bytes, got \(source.utf8.count)"])
    }
}
