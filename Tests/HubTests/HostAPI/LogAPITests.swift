import Testing

@testable import Hub

@Suite struct LogAPITests {
    private static let secretSource = "plugin { help = 'x', settings = { key = { type = 'secret' } } }"

    /// What a script logs in one collect; `key` is the secret `hunter2hunter2`.
    private func lines(_ body: String) async throws -> [String] {
        let plugin = try await TestPlugin(
            "local s = \(Self.secretSource) local key = s.key function collect()\n\(body)\nend",
            configuration: "plugins: { test: { settings: { key: \"${KEY}\" } } }",
            environment: ["KEY": "hunter2hunter2"]
        )
        let result = await plugin.collect()
        return plugin.log.lines + result.samples
    }

    @Test func linesHaveTheirLevelPluginAndFields() async throws {
        let lines = try await lines(
            "log.debug('a') log.info('b', { n = 1, f = 1.5, t = true }) log.warn('c') log.error('d') print('e', 1, nil)"
        )
        #expect(
            lines == [
                "debug a plugin=test", "info b f=1.5 n=1 plugin=test t=true", "warning c plugin=test",
                "error d plugin=test", "info e\t1\tnil plugin=test",
            ]
        )
    }

    @Test func secretsAreBlanked() async throws {
        let lines = try await lines("log.info('key ' .. key .. '!', { k = key, [key] = 1 }) error(key)")
        #expect(
            lines == [
                "info key <secret>! _secret_=1 k=<secret> plugin=test", "error: test.lua:2: <secret>",
            ]
        )
    }

    @Test func aSecretIsBlankedWhereALongTextIsCut() async throws {
        for length in [4090, 4096] {
            let line = try await lines("log.info(string.rep('x', \(length)) .. key)").first ?? ""
            #expect(!line.contains("hunter"))
            #expect(line.count < 4200)
        }
    }

    @Test func namesOfFieldsCannotForgeLines() async throws {
        let lines = try await lines("log.info('a', { ['x\\n2026 error b'] = 1, plugin = 'other' })")
        #expect(lines == ["info a plugin=test x_2026_error_b=1"])
    }

    @Test func aLongTextAndManyFieldsAreCut() async throws {
        let lines = try await lines(
            "local t = {} for i = 1, 1000 do t['k' .. i] = i end log.info(string.rep('x', 1e6), t)"
        )
        #expect(lines.count == 1)
        #expect((lines.first ?? "").count < 6000)
    }

    @Test func repeatedLinesAreLoggedOnce() async throws {
        #expect(try await lines("for i = 1, 1000 do log.info('same') end").count == 1)
    }

    @Test func aFloodOfLinesIsCut() async throws {
        let count = try await lines("for i = 1, 1000 do log.info('line ' .. i) end").count
        #expect((20...22).contains(count))
    }

    @Test func oddValuesAreNamed() async throws {
        let lines = try await lines("log.info(nil, { t = {}, f = print }) log.info({})")
        #expect(lines == ["info nil f=function plugin=test t=table", "info table plugin=test"])
    }
}
