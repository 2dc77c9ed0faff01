import Testing

@testable import Hub

extension ProgramSuites {
    /// Programs that do not want to end, and what they leave behind.
    @Suite struct ProgramEndTests {
        private let needs = "exec = { \"/bin/sh\" }"

        /// Scripts that leave processes in every way there is; each says when it is ready.
        private static let stubborn = [
            "echo ready >&2; sleep 1000", "trap '' TERM INT HUP; echo ready >&2; while :; do sleep 1000; done",
            "sleep 1000 & sleep 1000 & wait", "setsid sleep 1000 & setsid sleep 1000 & wait",
            "(sleep 1000 &) ; (setsid sleep 1000 &) ; sleep 1000",
            "(setsid sh -c '(setsid sleep 1000 &) ; sleep 1000' &) ; sleep 1000",
            "setsid sh -c 'trap \"\" TERM; sleep 1000 & sleep 1000' & exec sleep 1000",
        ]

        private func script(_ body: String) async throws -> NetworkScript {
            try await NetworkScript(body, needs: needs, configuration: "limits: { cpu: 20s }")
        }

        @Test(arguments: stubborn)
        func aTimeoutKillsAll(program: String) async throws {
            let script = try await script(
                "note(exec({ '/bin/sh', '-c', [[\(program)]] }, { timeout = 0.2 }))"
            )
            #expect(await script.run() == ["nil | /bin/sh did not end within 0.2 s and was killed"])
            try await expectNoChildren()
        }

        @Test(arguments: stubborn)
        func theRunsDeadlineKillsAll(program: String) async throws {
            let script = try await script("log.info('ready') exec({ '/bin/sh', '-c', [[\(program)]] })")
            #expect(await script.plugin.collect(cancellingAt: "ready").reason == .timeout)
            // It waits for its programs.
            await script.plugin.shutdown()
            try await expectNoChildren()
        }

        @Test(arguments: stubborn)
        func aPluginThatIsRemovedLeavesNoProgram(program: String) async throws {
            let script = try await script(
                """
                local list = {}
                for i = 1, 5 do list[i] = function()
                  if i == 5 then log.info("ready") end
                  exec({ '/bin/sh', '-c', [[\(program)]] })
                end end
                parallel(list)
                """
            )
            async let result = script.plugin.collect()
            await script.plugin.log.wait(for: "ready")
            await script.plugin.shutdown()
            #expect(await result.reason == .timeout)
            try await expectNoChildren()
        }

        /// What a program has left is not waited for, even where it holds the output open.
        @Test(arguments: [
            "sleep 1000 &", "setsid sleep 1000 &", "(setsid sleep 1000 &)", "(sleep 1000 > /dev/null 2>&1 &)",
        ])
        func aProgramThatEndsLeavesNothing(background: String) async throws {
            let script = try await script(
                """
                local r = assert(exec({ '/bin/sh', '-c', [[\(background)
                echo bye; exit 2]] }, { timeout = 20 }))
                note(r.status, r.stdout)
                """
            )
            #expect(await script.run() == ["2 | bye\n"])
            try await expectNoChildren()
        }

        /// One program's end is not the end of what another one has started and waits for.
        @Test func programsDoNotKillEachOthersChildren() async throws {
            let script = try await script(
                """
                local values, errors = parallel {
                  function()
                    return exec({ "/bin/sh", "-c", "(sh -c 'sleep 0.3; echo child' &) ; sleep 0.6; echo parent" }).stdout
                  end,
                  function() for _ = 1, 10 do exec({ "/bin/sh", "-c", ":" }) end end,
                }
                note(values[1], next(errors))
                """
            )
            #expect(await script.run() == ["child\nparent\n | nil"])
        }

        @Test func aProgramThatIsCancelledBeforeItStartsIsNotStarted() async throws {
            let script = try await script(
                """
                local list = {}
                for i = 1, 50 do list[i] = function() exec({ "/bin/sh", "-c", "sleep 1000" }) end end
                parallel(list, { timeout = 0.001 })
                note("over")
                """
            )
            #expect(await script.run() == ["over"])
            await script.plugin.shutdown()
            try await expectNoChildren()
        }
    }
}
