import Testing

@testable import Hub

/// The deadline of a run ends the script, whatever it does.
@Suite struct CancelTests {
    /// Bodies that log `ready` and then go on for ever without burning CPU.
    private static let stubborn = [
        "log.info('ready') sleep(3600)",
        "log.info('ready') while true do pcall(sleep, 3600) end",
        "log.info('ready') while true do xpcall(sleep, function() return 1 end, 3600) end",
        "while true do pcall(coroutine.wrap(function() log.info('ready') while true do pcall(sleep, 3600) end end)) end",
        "log.info('ready') local function f() pcall(sleep, 3600) return f() end f()",
        "log.info('ready') while true do local co = coroutine.create(function() sleep(3600) end) coroutine.resume(co) end",
        "log.info('ready') while true do parallel { function() pcall(sleep, 3600) end, function() sleep(3600) end } end",
        "local x <close> = setmetatable({}, { __close = function() pcall(sleep, 3600) end }) log.info('ready') sleep(3600)",
    ]

    @Test(arguments: stubborn)
    func aScriptThatSwallowsErrorsIsEnded(body: String) async throws {
        let plugin = try await TestPlugin(
            """
            \(TestPlugin.declaration) local m = gauge('a', 'h')
            function collect()
              if state.isSecond then return m(1) end
              state.isSecond = true
              \(body)
            end
            """
        )
        let result = await plugin.collect(cancellingAt: "ready")
        #expect(result.reason == .timeout, "\(result.text)")
        #expect(!result.discardsState)
        #expect(await plugin.collect().samples == ["a 1"])
    }

    @Test func manyCoroutinesAreEndedWithTheRunAndTheStateIsKept() async throws {
        let plugin = try await TestPlugin(
            """
            \(TestPlugin.declaration) local m = gauge('a', 'h')
            function collect()
              if state.isSecond then return m(1) end
              state.isSecond = true
              local list = {}
              for i = 1, 500 do list[i] = function() if i == 500 then log.info('ready') end pcall(sleep, 3600) end end
              parallel(list)
            end
            """
        )
        let result = await plugin.collect(cancellingAt: "ready")
        #expect(result.reason == .timeout, "\(result.text)")
        #expect(!result.discardsState)
        #expect(await plugin.collect().samples == ["a 1"])
    }

    @Test func functionsThatHaveNotBegunAreNotStarted() async throws {
        let plugin = try await TestPlugin(
            """
            \(TestPlugin.declaration) local m = gauge('a', 'h')
            function collect()
              if state.started then return m(state.started) end
              state.started = 0
              local list = {}
              for i = 1, 100 do
                list[i] = function()
                  state.started = state.started + 1
                  if state.started == 10 then log.info('ready') end
                  sleep(3600)
                end
              end
              parallel(list, { limit = 10 })
            end
            """
        )
        #expect(await plugin.collect(cancellingAt: "ready").reason == .timeout)
        #expect(await plugin.collect().samples == ["a 10"])
    }

    @Test func aCancelledRunLeavesTheOthersAlone() async throws {
        let plugin = try await TestPlugin(
            """
            plugin { help = "Test." }
            local m = gauge("a", "h")
            function collect(target)
              if target.name == "one" then log.info("ready") sleep(3600) end
              if target.name == "three" then state.isDone = true end
              while not state.isDone do sleep(0.001) end
              m(1)
            end
            """,
            configuration: "plugins: { test: { targets: [{ address: one }, { address: two }, { address: three }] } }"
        )
        async let other = plugin.collect(target: 1)
        #expect(await plugin.collect(cancellingAt: "ready").reason == .timeout)
        #expect(await plugin.collect(target: 2).samples == ["a{target=\"three\"} 1"])
        #expect(await other.samples == ["a{target=\"two\"} 1"])
    }

    /// The second run keeps the thread busy for longer than a thread is waited for.
    @Test func aRunThatComputesIsNotEndedInPlaceOfTheCancelledOne() async throws {
        let plugin = try await TestPlugin(
            """
            plugin { help = "Test." }
            local m = gauge("a", "h")
            function collect(target)
              if target.name == "waits" then state.isWaiting = true sleep(3600) end
              assert(state.isWaiting)
              log.info("computing")
              local start = os.clock()
              while os.clock() - start < 0.5 do end
              m(1)
            end
            """,
            configuration: """
                plugins: { test: { limits: { cpu: 20s }, targets: [{ address: waits }, { address: computes }] } }
                """
        )
        async let waiting = plugin.collect(target: 0, cancellingAt: "computing")
        var computing = await plugin.collect(target: 1)
        while computing.reason == .error { computing = await plugin.collect(target: 1) }
        #expect(computing.samples == ["a{target=\"computes\"} 1"])
        #expect(await waiting.reason == .timeout)
    }

    @Test func aRunThatComputesForEverIsEndedFromOutside() async throws {
        let plugin = try await TestPlugin(
            "\(TestPlugin.declaration) function collect() log.info('ready') while true do end end",
            configuration: "plugins: { test: { limits: { cpu: 60s } } }"
        )
        let result = await plugin.collect(cancellingAt: "ready")
        #expect(result.reason == .abort, "\(result.text)")
        #expect(result.discardsState)
    }
}
