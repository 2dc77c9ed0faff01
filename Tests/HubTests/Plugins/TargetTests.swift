import Testing

@testable import Hub

@Suite struct TargetTests {
    private static let source = """
        plugin { help = "Test.", settings = { user = "none", password = { type = "secret", required = true } } }
        local m = gauge("a", "h", { "address", "name", "user", "password", "labels" })
        function collect(target)
          local labels = {}
          for k, v in pairs(target.labels) do labels[#labels + 1] = k .. "=" .. v end
          table.sort(labels)
          local s = target.settings
          m(1, target.address or "-", target.name or "-", s.user, s.password, table.concat(labels, " "))
        end
        """

    @Test func eachTargetHasItsLabelsAndSettings() async throws {
        let plugin = try await TestPlugin(
            Self.source,
            configuration: """
                plugins:
                  test:
                    settings: { user: admin, password: shared99 }
                    targets:
                      - address: 192.0.2.1
                        name: one
                        labels: { site: home, rack: r1 }
                      - address: "[2001:db8::1]:23"
                        settings: { password: own99999 }
                """
        )
        #expect(
            await plugin.collect(target: 0).samples == [
                "a{address=\"192.0.2.1\",labels=\"rack=r1 site=home\",name=\"one\",password=\"shared99\",rack=\"r1\","
                    + "site=\"home\",target=\"one\",user=\"admin\"} 1"
            ]
        )
        #expect(
            await plugin.collect(target: 1).samples == [
                "a{address=\"[2001:db8::1]:23\",labels=\"\",name=\"[2001:db8::1]:23\",password=\"own99999\","
                    + "target=\"[2001:db8::1]:23\",user=\"admin\"} 1"
            ]
        )
    }

    @Test func theTargetLabelCanBeLeftOut() async throws {
        let plugin = try await TestPlugin(
            "\(TestPlugin.declaration) local m = gauge('a', 'h', { 'target' }) function collect() m(1, 'mine') end",
            configuration: """
                plugins:
                  test:
                    target_label: false
                    targets: [{ address: 192.0.2.1, labels: { site: home } }, { address: 192.0.2.2 }]
                """
        )
        #expect(await plugin.collect(target: 0).samples == ["a{site=\"home\",target=\"mine\"} 1"])
        #expect(await plugin.collect(target: 1).samples == ["a{target=\"mine\"} 1"])
    }

    @Test func aTargetThatIsNotConfiguredHasThePluginsSettingsAndNoLabels() async throws {
        let plugin = try await TestPlugin(
            Self.source,
            configuration: """
                plugins:
                  test:
                    settings: { user: admin, password: shared99 }
                    probe: { networks: [192.0.2.0/24], ports: [23] }
                    targets: [{ address: 192.0.2.1, labels: { site: home }, settings: { user: other } }]
                """
        )
        let asked = AdHocTarget(address: "192.0.2.9:23", grants: ["192.0.2.9:23"])
        let labels = "address=\"192.0.2.9:23\",labels=\"\",name=\"192.0.2.9:23\""
        let samples = await plugin.collect(.adHoc(asked)).samples
        #expect(samples == ["a{\(labels),password=\"shared99\",user=\"admin\"} 1"])
    }

    @Test func whereOtherTargetsMayBeProbedTheGeneralSettingsMustSuffice() async throws {
        let problems = try await TestPlugin.samples(
            Self.source,
            configuration: """
                plugins:
                  test:
                    probe: { networks: [192.0.2.0/24], ports: [23] }
                    targets: [{ address: a, settings: { password: abcdefgh } }]
                """
        )
        #expect(problems == ["load: test.lua:1: plugin: hub.yml:2: plugins.test: setting \"password\" is required"])
    }

    @Test func withoutTargetsThereAreStillSettingsAndLabels() async throws {
        let samples = try await TestPlugin.samples(
            Self.source,
            configuration: "plugins: { test: { settings: { password: shared99 } } }"
        )
        #expect(
            samples == ["a{address=\"-\",labels=\"\",name=\"-\",password=\"shared99\",user=\"none\"} 1"]
        )
    }

    @Test func aTargetWithoutARequiredSettingIsALoadErrorAtItsLine() async throws {
        let problems = try await TestPlugin.samples(
            Self.source,
            configuration:
                "plugins:\n  test:\n    targets:\n      - address: a\n      - address: b\n        settings: { password: abcdefgh }"
        )
        #expect(problems == ["load: test.lua:1: plugin: hub.yml:4: plugins.test: setting \"password\" is required"])
    }

    @Test func aLabelThatATargetSetsCannotBeDeclared() async throws {
        let problems = try await TestPlugin.samples(
            "plugin { help = 'x' }\ngauge('a', 'h', { 'target' }) function collect() end",
            configuration: "plugins: { test: { targets: [{ address: a }] } }"
        )
        #expect(problems == ["load: test.lua:2: gauge: label \"target\" is set by the configuration of a target"])
    }

    @Test func targetsAreCollectedSideBySide() async throws {
        let plugin = try await TestPlugin(
            """
            plugin { help = "Test." }
            local m = gauge("a", "h")
            function collect(target)
              if target.name == "slow" then
                state.isWaiting = true
                while not state.isDone do sleep(0.001) end
              else
                assert(state.isWaiting)
                state.isDone = true
              end
              m(1)
            end
            """,
            configuration: "plugins: { test: { targets: [{ address: slow }, { address: fast }] } }"
        )
        async let slow = plugin.collect(target: 0)
        // The runs are started in this order on one thread, or the assertion fails and the slow one never ends.
        var fast = await plugin.collect(target: 1).samples
        while fast.first?.contains("assertion") == true { fast = await plugin.collect(target: 1).samples }
        #expect(fast == ["a{target=\"fast\"} 1"])
        #expect(await slow.samples == ["a{target=\"slow\"} 1"])
    }
}
