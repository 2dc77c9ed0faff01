import Testing

@testable import Hub

/// Wrong use of `snmp` is raised at the line of the call, with the argument and its value.
@Suite struct SNMPMisuseTests {
    @Test(arguments: [
        ("snmp.get()", "snmp.get: oids must be a table, got a nil"),
        ("snmp.get('router', 'x')", "snmp.get: oids must be a table, got a string"),
        ("snmp.get('router', { 'x' })", "snmp.get: oids[1]: \"x\" is not an object identifier"),
        ("snmp.get('router', { '1.3', 5 })", "snmp.get: oids[2] must be an object identifier, got a number"),
        ("snmp.get('router', { up = '1.3.' })", "snmp.get: oids.up: \"1.3.\" is not an object identifier"),
        ("snmp.get('router', { [{}] = '1.3' })", "snmp.get: oids must have names, got a table"),
        ("snmp.get(1, {})", "bad argument #1 to 'snmp.get' (target or address expected, got number)"),
        ("snmp.get('a b', {})", "snmp.get: \"a b\" is not a host or host:port"),
        ("snmp.get({}, {})", "snmp.get: the target has no address"),
        ("snmp.get({ address = 'a:b:c' }, {})", "snmp.get: \"a:b:c\" is not a host or host:port"),
        ("snmp.walk('router')", "bad argument #2 to 'snmp.walk' (string expected, got nil)"),
        ("snmp.walk('router', '1.3.x')", "snmp.walk: root: \"1.3.x\" is not an object identifier"),
        ("snmp.table('router', { '' })", "snmp.table: columns[1]: \"\" is not an object identifier"),
        (
            "snmp.mac(('x'):rep(65536))",
            "snmp.mac: an octet string has at most 65535 bytes, got 65536"
        ),
        (
            "snmp.get('router', {}, { community = ('x'):rep(1025) })",
            "snmp.get: more than 1000 different passwords, or one of more than 1024 bytes"
        ),
        (
            "snmp.modules({ config_file = { '/' .. ('x'):rep(4096) } })",
            "snmp.modules: config_file has a path of more than 4096 bytes"
        ),
        ("snmp.walk('other', '1.3')", "other:161 is not granted, see needs.network and the targets"),
    ])
    func aWrongCallIsAnErrorAtItsLine(call: String, message: String) async throws {
        let answer = try await NetworkScript.notes("\n\(call)", needs: "network = { \"router:161\" }")
        #expect(answer == ["failed: error: test.lua:14: \(message)"])
    }

    @Test(arguments: [
        ("version = 4", "version must be 1, 2, 2c, 3, got \"4\""),
        ("version = {}", "version must be a string, got a table"),
        ("community = 5", "community must be a string, got a number"),
        ("username = 'x'", "username needs version 3"),
        ("version = 3", "version 3 needs a username"),
        ("version = '3', username = ''", "version 3 needs a username"),
        (
            "version = 3, username = 'u', security_level = 'high'",
            "security_level must be noAuthNoPriv, authNoPriv, authPriv, got \"high\""
        ),
        ("version = 3, username = 'u', security_level = 'authNoPriv'", "authNoPriv needs a password"),
        (
            "version = 3, username = 'u', security_level = 'authPriv', password = 'longenough'",
            "authPriv needs a priv_password"
        ),
        (
            "version = 3, username = 'u', auth_protocol = 'ROT13'",
            "auth_protocol must be MD5, SHA, SHA224, SHA256, SHA384, SHA512, got \"ROT13\""
        ),
        (
            "version = 3, username = 'u', priv_protocol = 1",
            "priv_protocol must be DES, AES, AES192, AES256, AES192C, AES256C, got \"1\""
        ),
        ("timeout = 0", "timeout must be above 0 and at most 86400 seconds"),
        ("timeout = 'x'", "timeout must be a number of seconds, got a string"),
        ("retries = -1", "retries must be from 0 to 20"), ("retries = 1.5", "retries must be an integer, got a number"),
        ("max_repetitions = 0", "max_repetitions must be from 1 to 1000"),
        ("wait = 1", "unknown option \"wait\""), ("5", "options must have names"),
    ])
    func aWrongOptionIsNamedWithItsValue(option: String, message: String) async throws {
        let body = "\nsnmp.walk('router', '1.3', { \(option) })"
        let answer = try await NetworkScript.notes(body, needs: "network = { \"router:161\" }")
        #expect(answer == ["failed: error: test.lua:14: snmp.walk: \(message)"])
    }

    @Test func aWrongSettingOfTheTargetIsCalledThat() async throws {
        let body = "\nsnmp.walk({ address = 'router', settings = { version = 'x', other = 1 } }, '1.3')"
        let answer = try await NetworkScript.notes(body, needs: "network = { \"router:161\" }")
        let message = "snmp.walk: the target's settings: version must be 1, 2, 2c, 3, got \"x\""
        #expect(answer == ["failed: error: test.lua:14: \(message)"])
    }

    @Test(arguments: [
        ("snmp.mac(5)", "bad argument #1 to 'snmp.mac' (string expected, got number)"),
        ("snmp.ip({})", "bad argument #1 to 'snmp.ip' (string expected, got table)"),
        ("snmp.date_and_time(true)", "bad argument #1 to 'snmp.date_and_time' (string expected, got boolean)"),
        ("snmp.text(1)", "bad argument #1 to 'snmp.text' (string expected, got number)"),
        ("snmp.text('x', 'klingon')", "snmp.text: unknown character set \"klingon\""),
        ("snmp.text('x', 1)", "snmp.text: unknown character set number"),
        ("snmp.index(1)", "bad argument #1 to 'snmp.index' (string expected, got number)"),
        (
            "snmp.index('1', 'word')",
            "snmp.index: parts must be integer, ip, mac, string, rest, oid, inet, got \"word\""
        ),
        ("snmp.suffix('1', 2)", "snmp.suffix: name and root must be strings, got a string and a number"),
    ])
    func aWrongHelpIsAnErrorAtItsLine(call: String, message: String) async throws {
        let answer = try await NetworkScript.notes("\n\(call)", needs: "")
        #expect(answer == ["failed: error: test.lua:14: \(message)"])
    }

    @Test func nothingIsAskedWhileThePluginIsLoaded() async throws {
        for call in ["snmp.get('router', { '1.3' })", "snmp.walk('router', '1.3')", "snmp.table('router', { '1.3' })"] {
            let error = await #expect(throws: PluginError.self) {
                _ = try await NetworkScript("", needs: "network = { \"router:161\" }", top: call)
            }
            #expect(error.map { "\($0)".contains("cannot wait while the plugin is loaded") } == true)
        }
    }

    @Test func aScriptCannotMakeUpPasswordsForEver() async throws {
        let body = """

            for i = 1, 2000 do
              local ok, message = pcall(snmp.get, '198.51.100.1', {}, { community = 'community' .. i })
              if not ok and not message:find('granted') then return note(i, message) end
            end
            """
        let answer = try await NetworkScript.notes(body, needs: "network = { \"192.0.2.1:161\" }")
        let message = "snmp.get: more than 1000 different passwords, or one of more than 1024 bytes"
        #expect(answer.count == 1 && answer[0].contains("1001") && answer[0].contains(message), "\(answer)")
    }
}
