import Testing

@testable import Hub

@Suite struct StateTests {
    @Test func stateIsKeptBetweenRunsAndAfterFailures() async throws {
        let plugin = try await TestPlugin(
            """
            \(TestPlugin.declaration) local m = gauge('a', 'h')
            function collect()
              state.runs = (state.runs or 0) + 1
              if state.runs == 2 then error("second") end
              m(state.runs)
            end
            """
        )
        #expect(await plugin.collect().samples == ["a 1"])
        #expect(await plugin.collect().reason == .error)
        #expect(await plugin.collect().samples == ["a 3"])
    }

    @Test func statesOfTwoPluginsAreTheirOwn() async throws {
        let source = """
            \(TestPlugin.declaration) local m = gauge('a', 'h')
            function collect() shared = (shared or 0) + 1 state.n = (state.n or 0) + 1 m(shared + state.n) end
            """
        let (one, two) = (try await TestPlugin(source), try await TestPlugin(source))
        #expect(await one.collect().samples == ["a 2"])
        #expect(await one.collect().samples == ["a 4"])
        #expect(await two.collect().samples == ["a 2"])
    }

    @Test(arguments: [
        "io", "debug", "load", "loadstring", "dofile", "loadfile", "package", "collectgarbage", "host__", "warn",
        "os.execute", "os.getenv", "os.exit", "os.remove", "os.rename", "os.tmpname", "os.setlocale", "string.dump",
        "math.randomseed", "coroutine.close",
    ])
    func whatTheSandboxWithholdsIsNil(name: String) async throws {
        let samples = try await TestPlugin.samples(top: "local m = gauge('a', 'h')", collecting: "m(\(name) == nil)")
        #expect(samples == ["a 1"])
    }

    @Test func unameHasItsSixNames() async throws {
        let samples = try await TestPlugin.samples(
            top: "local m = gauge('a', 'h', { 'sysname' })",
            collecting: """
                local u = os.uname()
                for _, k in ipairs { "sysname", "nodename", "release", "version", "machine", "domainname" } do
                  assert(type(u[k]) == "string", k)
                end
                m(1, u.sysname)
                """
        )
        #expect(samples == ["a{sysname=\"Linux\"} 1"])
    }
}
