import NIOCore
import Testing

@testable import Hub

@Suite struct WaitTests {
    private static let top = "local m = gauge('a', 'h', { 'i' })"

    private func samples(_ body: String) async throws -> [String] {
        try await TestPlugin.samples(top: Self.top, collecting: body)
    }

    @Test func sleepTakesItsTime() async throws {
        let samples = try await samples("local t = time.monotonic() sleep(0.02) m(time.monotonic() - t >= 0.02, 1)")
        #expect(samples == ["a{i=\"1\"} 1"])
    }

    @Test(arguments: ["-1", "'x'", "0/0", "math.huge", "", "nil", "1e9"])
    func sleepTakesSeconds(argument: String) async throws {
        let message = "error: test.lua:3: sleep: seconds must be a number of 0 or more"
        #expect(try await samples("sleep(\(argument))").map { String($0.prefix(message.count)) } == [message])
    }

    @Test(arguments: [
        "tostring(setmetatable({}, { __tostring = function() sleep(0) end }))",
        "string.format('%s', setmetatable({}, { __tostring = function() sleep(0) end }))",
        "for _ in ipairs(setmetatable({}, { __index = function() sleep(0) end })) do end",
    ])
    func whereLuaCannotWaitThatIsAnError(body: String) async throws {
        let message = "error: test.lua:3: sleep: cannot wait inside __tostring or a metamethod of ipairs"
        #expect(try await samples(body) == [message])
    }

    @Test(arguments: [
        "pcall(sleep, 0) m(1, 1)", "coroutine.wrap(function() sleep(0) end)() m(1, 1)",
        "for x in coroutine.wrap(function() sleep(0) coroutine.yield(1) end) do m(x, 1) end",
        "local _ = setmetatable({}, { __index = function() sleep(0) m(1, 1) end }).x",
        "table.sort({ 1, 2 }, function(x, y) sleep(0) return x < y end) m(1, 1)",
        "local _ = ('x'):gsub('x', function() sleep(0) end) m(1, 1)",
    ])
    func elsewhereItWaits(body: String) async throws {
        #expect(try await samples(body) == ["a{i=\"1\"} 1"])
    }

    @Test func parallelAnswersValuesAndErrorsByIndex() async throws {
        let samples = try await samples(
            """
            local values, errors = parallel {
              function() sleep(0.002) return 10, 11 end,
              function() error("no") end,
              function() return nil end,
              function() sleep(0) error({}) end,
              function() return 50 end,
            }
            assert(errors[1] == nil and errors[3] == nil and errors[5] == nil)
            assert(errors[2] == "test.lua:5: no", errors[2])
            assert(errors[4] == "error object is a table value", errors[4])
            for i = 1, 5 do m(values[i], i) end
            """
        )
        #expect(samples == ["a{i=\"1\"} 10", "a{i=\"5\"} 50"])
    }

    @Test func parallelOfNothingIsDone() async throws {
        #expect(
            try await samples("local v, e = parallel({}) m(next(v) == nil and next(e) == nil, 1)") == ["a{i=\"1\"} 1"]
        )
    }

    @Test(arguments: [("2", 2), ("1", 1), ("100", 10), ("nil", 10)])
    func parallelRunsSoManyAtOnce(limit: String, most: Int) async throws {
        let samples = try await samples(
            """
            local running, most, list = 0, 0, {}
            for i = 1, 10 do
              list[i] = function()
                running = running + 1
                most = math.max(most, running)
                sleep(0.001)
                running = running - 1
              end
            end
            local _, errors = parallel(list, { limit = \(limit) })
            assert(not next(errors))
            m(most, 1)
            """
        )
        #expect(samples == ["a{i=\"1\"} \(most)"])
    }

    @Test func aFunctionThatTakesTooLongIsAnErrorOfItsOwn() async throws {
        let samples = try await samples(
            """
            local values, errors = parallel({
              function() sleep(60) return 1 end,
              function() return 2 end,
              function() local ok, message = pcall(sleep, 60) return message == "timed out after 0.01 s" and 3 end,
            }, { timeout = 0.01 })
            assert(errors[1] == "test.lua:4: timed out after 0.01 s", errors[1])
            for i = 1, 3 do m(values[i], i) end
            """
        )
        #expect(samples.last == "a{i=\"2\"} 2" || samples.count == 2, "\(samples)")
    }

    @Test func parallelNests() async throws {
        let samples = try await samples(
            """
            local list = {}
            for i = 1, 5 do
              list[i] = function()
                local inner = {}
                for j = 1, 5 do inner[j] = function() sleep(0.0001 * j) return i * 10 + j end end
                local values = parallel(inner, { limit = 2 })
                local sum = 0
                for j = 1, 5 do sum = sum + values[j] end
                return sum
              end
            end
            local values = parallel(list, { limit = 3 })
            for i = 1, 5 do m(values[i], i) end
            """
        )
        #expect(samples == (1...5).map { "a{i=\"\($0)\"} \($0 * 50 + 15)" })
    }

    /// The coroutines of the inner call would be collected as garbage with the outer function if they outlived it.
    @Test func aTimeoutEndsTheFunctionsOfANestedCall() async throws {
        let samples = try await samples(
            """
            local ended = 0
            local function slow() local ok = pcall(sleep, 0.05) ended = ended + 1 sleep(0) end
            local _, errors = parallel({ function() parallel { slow, slow, slow } end }, { timeout = 0.005 })
            assert(errors[1] and errors[1]:find("timed out after 0.005 s", 1, true), errors[1])
            m(ended, 1)
            local garbage = {}
            for i = 1, 20000 do garbage[i % 100] = { i } end
            sleep(0.08)
            for i = 1, 20000 do garbage[i % 100] = { i } end
            m(ended, 2)
            """
        )
        #expect(samples == ["a{i=\"1\"} 3", "a{i=\"2\"} 3"])
    }

    @Test(arguments: [
        ("parallel(1)", "parallel: functions must be a table"),
        ("parallel({ 1 })", "parallel: item 1 must be a function, got number"),
        ("parallel({ print }, 1)", "parallel: options must be a table"),
        ("parallel({ print }, { limit = 0 })", "parallel: limit must be an integer greater than 0"),
        ("parallel({ print }, { limit = 'x' })", "parallel: limit must be an integer greater than 0"),
        ("parallel({ print }, { timeout = -1 })", "parallel: timeout must be a number of seconds"),
    ])
    func mistakesAreErrorsAtTheLineOfTheCall(call: String, message: String) async throws {
        #expect(try await samples(call) == ["error: test.lua:3: \(message)"])
    }

    @Test func parallelCannotWaitWhileThePluginIsLoaded() async throws {
        let samples = try await TestPlugin.samples(top: "parallel { print }", collecting: "")
        #expect(samples == ["load: test.lua:1: parallel: cannot wait while the plugin is loaded"])
    }

    @Test func samplesOfParallelFunctionsAreOneRun() async throws {
        let samples = try await samples(
            "parallel { function() m(1, 'x') sleep(0) m(2, 'y') end, function() sleep(0) m(3, 'z') end }"
        )
        #expect(samples.sorted() == ["a{i=\"x\"} 1", "a{i=\"y\"} 2", "a{i=\"z\"} 3"])
    }

    @Test func aCPULimitInOneFunctionEndsTheRun() async throws {
        let plugin = try await TestPlugin(
            "\(TestPlugin.declaration) function collect() parallel { function() sleep(60) end, function() while true do end end } end",
            configuration: "plugins: { test: { limits: { cpu: 50ms } } }"
        )
        let result = await plugin.collect()
        #expect(result.reason == .cpu, "\(result.text)")
        #expect(result.discardsState)
        // The sleeping function was not waited for.
        #expect(result.duration < .seconds(30))
    }
}
