import Glibc
import Testing

@testable import Hub

/// One at a time, for they look at the children of this process.
@Suite(.serialized) enum ProgramSuites {}

extension ProgramSuites {
    /// `exec`: what a program gets, what a script gets of it, and that nothing of it stays.
    @Suite struct ProgramTests {
        private let needs = """
            exec = { "/bin/sh", "/bin/cat", "/usr/bin/env", "/bin/pwd", "/bin/true", "/nonexistent", "/etc/passwd", "/" }
            """

        private func notes(_ body: String, configuration: String = "limits: { cpu: 20s }") async throws -> [String] {
            try await NetworkScript.notes(
                """
                local function sh(script, options) return exec({ "/bin/sh", "-c", script }, options) end
                local function show(r, message)
                  if not r then return note(nil, message) end
                  note(r.status, r.signal, r.stdout, r.stderr)
                end
                \(body)
                """,
                needs: needs,
                configuration: configuration
            )
        }

        @Test(arguments: [
            ("show(sh('echo out; echo err >&2; exit 3'))", "3 | nil | out\n | err\n"),
            ("show(sh('kill -9 $$'))", "nil | 9 |  | "),
            ("show(sh('kill -TERM $$'))", "nil | 15 |  | "), ("show(exec { '/bin/cat' })", "0 | nil |  | "),
            ("show(exec({ '/bin/cat' }, { stdin = 'a\\0b' }))", "0 | nil | a\0b | "),
            ("show(exec { '/usr/bin/env' })", "0 | nil |  | "),
            ("show(exec({ '/usr/bin/env' }, { env = { B = 'x y', A = 1 } }))", "0 | nil | A=1\nB=x y\n | "),
            ("show(exec { '/bin/pwd' })", "0 | nil | /\n | "),
            (
                "show(exec { '/bin/sh', '-c', 'echo \"$0 $1 $2\"', 'a b', '', '$HOME;`id`' })",
                "0 | nil | a b  $HOME;`id`\n | "
            ),
            ("show(sh('for f in /proc/self/fd/*; do echo ${f##*/}; done'))", "0 | nil | 0\n1\n2\n3\n | "),
            ("show(sh('kill -PIPE $$; echo alive'))", "nil | 13 |  | "),
            ("show(sh('grep SigBlk /proc/self/status'))", "0 | nil | SigBlk:\t0000000000000000\n | "),
            ("show(exec { '/nonexistent' })", "nil | cannot run /nonexistent: not found or not executable"),
            ("show(exec { '/etc/passwd' })", "nil | cannot run /etc/passwd: not found or not executable"),
        ])
        func aProgramsEndIsAResult(body: String, expected: String) async throws {
            #expect(try await notes(body) == [expected])
        }

        @Test func muchGoesInAndOutAtTheSameTime() async throws {
            let answer = try await notes(
                """
                local text = string.rep("0123456789", 300000)
                local r = assert(exec({ "/bin/cat" }, { stdin = text }))
                note(r.status, r.stdout == text, #r.stderr)
                r = assert(sh("cat >&2; exec cat /dev/null", { stdin = text }))
                note(r.status, #r.stdout, r.stderr == text)
                """
            )
            #expect(answer == ["0 | true | 0", "0 | 0 | true"])
        }

        @Test func aProgramNeedNotReadItsInput() async throws {
            let answer = try await notes(
                """
                local text = string.rep("x", 3000000)
                for _ = 1, 5 do show(exec({ "/bin/true" }, { stdin = text })) end
                show(sh("exec <&-; echo closed", { stdin = text }))
                """
            )
            #expect(answer == Array(repeating: "0 | nil |  | ", count: 5) + ["0 | nil | closed\n | "])
        }

        @Test(arguments: ["yes", "yes >&2", "yes & yes >&2"])
        func whoWritesTooMuchIsKilled(script: String) async throws {
            let answer = try await notes(
                "show(sh('\(script)', { max_output = 1000 })) show(sh('\(script)'))",
                configuration: "limits: { response_size: 5000 }"
            )
            #expect(
                answer == [
                    "nil | /bin/sh wrote more than 1000 bytes and was killed",
                    "nil | /bin/sh wrote more than 5000 bytes and was killed",
                ]
            )
            try await expectNoChildren()
        }

        /// One that prints endlessly within its own limit, several that together take too much, and several that read much.
        @Test(arguments: [
            "sh('yes')", "sh('yes >&2')", "sh('yes & yes >&2')",
            "parallel { function() sh('head -c 9000000 /dev/zero; sleep 1000') end, function() sh('yes') end }",
            """
            local text, list = string.rep('x', 1000000), {}
            for i = 1, 10 do list[i] = function() sh('sleep 1000', { stdin = text }) end end
            parallel(list)
            """,
        ])
        func whatAProgramWritesCountsForTheMemoryLimit(body: String) async throws {
            let script = try await NetworkScript(
                "local function sh(script, options) return exec({ '/bin/sh', '-c', script }, options) end \(body)",
                needs: needs,
                configuration: "limits: { cpu: 20s, memory: 8MiB, response_size: 1GiB }"
            )
            let result = await script.plugin.collect()
            #expect(result.reason == .memory)
            #expect(result.text.contains("memory limit exceeded: "), "\(result.text)")
            #expect(result.text.contains(" of buffers, ") && result.text.contains("8388608 in all"), "\(result.text)")
            await script.plugin.shutdown()
            #expect(script.plugin.memory.use[.buffers] == 0 && script.plugin.memory.use[.connections] == 0)
            try await expectNoChildren()
        }

        @Test func aRunningProgramIsHeldAndGivenBack() async throws {
            let script = try await NetworkScript(
                "log.info('ready') exec({ '/bin/sh', '-c', 'head -c 300000 /dev/zero; exec sleep 1000' }, { stdin = 'abc' })",
                needs: needs,
                configuration: "limits: { cpu: 20s }"
            )
            async let result = script.plugin.collect()
            await script.plugin.log.wait(for: "ready")
            while script.plugin.memory.use[.buffers] < 300_006 { await Task.yield() }
            #expect(script.plugin.memory.use[.buffers] == 300_006)
            #expect(script.plugin.memory.use[.connections] == MemoryHold.connectionSize)
            await script.plugin.shutdown()
            #expect(await result.reason == .timeout)
            #expect(script.plugin.memory.use[.buffers] == 0 && script.plugin.memory.use[.connections] == 0)
        }

        @Test func asMuchAsIsAllowedMayBeWritten() async throws {
            let answer = try await notes(
                "show(sh('printf 0123456789', { max_output = 10 })) show(sh('printf 0123456789', { max_output = 9 }))"
            )
            #expect(answer == ["0 | nil | 0123456789 | ", "nil | /bin/sh wrote more than 9 bytes and was killed"])
        }

        @Test(arguments: [
            ("exec()", "exec: arguments must be a list, the program's path first"),
            ("exec('/bin/sh')", "exec: arguments must be a list, the program's path first"),
            ("exec({ path = '/bin/sh' })", "exec: arguments must be a list, the program's path first"),
            ("exec({})", "exec: the program's path is missing"),
            ("exec({ '/bin/sh', 1 })", "exec: arguments must be strings without NUL"),
            ("exec({ '/bin/sh', 'a\\0b' })", "exec: arguments must be strings without NUL"),
            ("exec({ '/bin/ls' })", "exec: /bin/ls is not granted, see needs.exec"),
            ("exec({ 'sh' })", "exec: sh is not granted, see needs.exec"),
            ("exec({ '/bin/../bin/sh' })", "exec: /bin/../bin/sh is not granted, see needs.exec"),
            ("exec({ '/bin//sh' })", "exec: /bin//sh is not granted, see needs.exec"),
            ("exec({ '/bin/sh\\0' })", "exec: arguments must be strings without NUL"),
            ("exec({ '/bin/sh' }, { env = { ['A=B'] = 'c' } })", "exec: \"A=B\" cannot be an environment variable"),
            ("exec({ '/bin/sh' }, { env = { A = 'b\\0' } })", "exec: \"A\" cannot be an environment variable"),
            ("exec({ '/bin/sh' }, { env = { [''] = 'b' } })", "exec: \"\" cannot be an environment variable"),
            ("exec({ '/bin/sh' }, { cwd = '/' })", "exec: unknown option \"cwd\""),
            ("exec({ '/bin/sh' }, { timeout = 0 })", "exec: timeout must be above 0 and at most 86400 seconds"),
            ("exec({ '/bin/sh' }, { stdin = 5 })", "exec: stdin must be a string, got a number"),
            (
                "local a = {} for i = 1, 1001 do a[i] = '/bin/sh' end exec(a)",
                "exec: more than 1000 arguments or 131072 bytes"
            ),
            ("exec({ '/bin/sh', string.rep('x', 131072) })", "exec: more than 1000 arguments or 131072 bytes"),
        ])
        func misuseIsAnErrorAtTheLineOfTheCall(call: String, message: String) async throws {
            #expect(try await notes("\n\(call)") == ["failed: error: test.lua:19: \(message)"])
        }

        @Test func theConfigurationNarrowsWhatIsRun() async throws {
            let body = "note(pcall(exec, { '/bin/true' })) note(pcall(exec, { '/bin/cat' }))"
            func answer(_ configuration: String) async throws -> [Bool] {
                try await notes(body, configuration: configuration).map { $0.hasPrefix("true | ") }
            }
            #expect(try await answer("") == [true, true])
            #expect(try await answer("plugins: { test: { allow: { exec: [/bin/true, /bin/ls] } } }") == [true, false])
            #expect(try await answer("permissions: explicit") == [false, false])
            #expect(
                try await answer("{ permissions: explicit, plugins: { test: { allow: { exec: [/bin/cat] } } } }") == [
                    false, true,
                ]
            )
        }

        @Test func hundredsRunAtOnce() async throws {
            let answer = try await notes(
                """
                local list = {}
                for i = 1, 200 do list[i] = function() return assert(sh("read x; echo $x", { stdin = i .. "\\n" })).stdout end end
                local values, errors = parallel(list)
                local good = 0
                for i = 1, 200 do good = good + (values[i] == i .. "\\n" and 1 or 0) end
                note(good, next(errors))
                """
            )
            #expect(answer == ["200 | nil"])
            try await expectNoChildren()
        }

        @Test func noMoreRunAtOnceThanAllowed() async throws {
            let answer = try await notes(
                """
                local list = {}
                for i = 1, \(ProgramTable.limit + 1) do list[i] = function() return sh("read x", { timeout = 3 }) end end
                local _, errors = parallel(list)
                note(errors[\(ProgramTable.limit + 1)])
                """
            )
            #expect(answer == ["test.lua:13: exec: more than \(ProgramTable.limit) programs at once"])
        }
    }
}

/// Fails when this process has children that are none of the test's own.
func expectNoChildren(sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let own = getpid()
    let children = directoryEntries("/proc").compactMap { name -> String? in
        guard pid_t(name) != nil, let bytes = try? BoundedFile.read("/proc/\(name)/stat", maximum: 4096) else {
            return nil
        }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let fields = text.split(separator: ")").last?.split(separator: " "), fields.count > 1 else { return nil }
        return pid_t(fields[1]) == own ? text : nil
    }
    .filter { child in !["(gzip)", "(openssl)", "(snmpd)"].contains { child.contains($0) } }
    #expect(children == [], sourceLocation: sourceLocation)
}
