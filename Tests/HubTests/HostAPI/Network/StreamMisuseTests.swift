import Testing

@testable import Hub

/// Wrong use of `tcp`, `unix`, `udp` and `dns` is raised at the line of the call.
@Suite struct StreamMisuseTests {
    private let needs = "network = { \"127.0.0.1:*\", \"router:23\" }"

    @Test(arguments: [
        ("tcp.connect()", "bad argument #1 to 'tcp.connect' (string expected, got no value)"),
        ("tcp.connect(1)", "bad argument #1 to 'tcp.connect' (string expected, got number)"),
        ("tcp.connect('router')", "tcp.connect: \"router\" is not host:port"),
        ("tcp.connect('router:0')", "tcp.connect: \"router:0\" is not host:port"),
        ("tcp.connect('router:23:23')", "tcp.connect: \"router:23:23\" is not host:port"),
        ("tcp.connect('router', 0)", "tcp.connect: port must be from 1 to 65535"),
        ("tcp.connect('router', 65536)", "tcp.connect: port must be from 1 to 65535"),
        ("tcp.connect('router', 23.5)", "tcp.connect: port must be from 1 to 65535"),
        ("tcp.connect('router', '+x')", "tcp.connect: port must be from 1 to 65535"),
        ("tcp.connect('router:23', 23)", "tcp.connect: \"router:23\" is not a host"),
        ("tcp.connect('router:23', { timeout = 0 })", "tcp.connect: timeout must be above 0 and at most 86400 seconds"),
        (
            "tcp.connect('router:23', { timeout = 0/0 })",
            "tcp.connect: timeout must be above 0 and at most 86400 seconds"
        ),
        (
            "tcp.connect('router:23', { timeout = 'x' })",
            "tcp.connect: timeout must be a number of seconds, got a string"
        ),
        ("tcp.connect('router:23', { wait = 1 })", "tcp.connect: unknown option \"wait\""),
        ("tcp.connect('router:23', { 1 })", "tcp.connect: options must have names"),
        ("tcp.connect('router:23', true)", "tcp.connect: options must be a table, got a boolean"),
        ("tcp.connect('router:24')", "router:24 is not granted, see needs.network and the targets"),
        ("tcp.connect('[::ffff:10.0.0.1]:1')", "[::ffff:10.0.0.1]:1 is not granted, see needs.network and the targets"),
        ("unix.connect()", "bad argument #1 to 'unix.connect' (string expected, got no value)"),
        ("unix.connect('/run/x')", "unix:/run/x is not granted, see needs.network"),
        ("udp.connect('router')", "udp.connect: \"router\" is not host:port"),
        ("udp.connect('router:24')", "router:24 is not granted, see needs.network and the targets"),
        ("dns.resolve()", "bad argument #1 to 'dns.resolve' (string expected, got no value)"),
        ("dns.resolve('router:23')", "dns.resolve: \"router:23\" is not a host name"),
        ("dns.resolve('router', 'ipv5')", "dns.resolve: family must be \"ipv4\" or \"ipv6\""),
        ("dns.resolve('router', 4)", "dns.resolve: family must be \"ipv4\" or \"ipv6\""),
        ("dns.resolve('other')", "dns.resolve: other is not granted, see needs.network"),
        ("dns.resolve('a b')", "dns.resolve: \"a b\" is not a host name"),
    ])
    func aWrongCallIsAnErrorAtItsLine(call: String, message: String) async throws {
        let answer = try await NetworkScript.notes("\n\(call)", needs: "network = { \"router:23\" }")
        #expect(answer == ["failed: error: test.lua:14: \(message)"])
    }

    @Test(arguments: [
        ("c:send()", "bad argument #1 to 'send' (string expected, got nil)"),
        ("c:send({})", "bad argument #1 to 'send' (string expected, got table)"),
        ("c:receive()", "receive: expected \"line\", \"all\", \"some\" or a number of bytes"),
        ("c:receive('lines')", "receive: expected \"line\", \"all\", \"some\" or a number of bytes"),
        ("c:receive(0)", "receive: expected \"line\", \"all\", \"some\" or a number of bytes"),
        ("c:receive(-1)", "receive: expected \"line\", \"all\", \"some\" or a number of bytes"),
        ("c:receive(1.5)", "receive: expected \"line\", \"all\", \"some\" or a number of bytes"),
        ("c:receive(math.maxinteger)", "receive: more than 8388608 bytes at once, see limits.response_size"),
        ("c:receive('line', 0)", "receive: timeout must be above 0 and at most 86400 seconds"),
        ("c:receive('line', -1)", "receive: timeout must be above 0 and at most 86400 seconds"),
        ("c:receive('line', math.huge)", "receive: timeout must be above 0 and at most 86400 seconds"),
        ("c:receive('line', 1e300)", "receive: timeout must be above 0 and at most 86400 seconds"),
        ("c:receive('line', 0/0)", "receive: timeout must be above 0 and at most 86400 seconds"),
        ("c:receive('line', {})", "receive: timeout must be above 0 and at most 86400 seconds"),
        ("c.id = 'x' c:send('x')", "the connection itself must be given, as in c:send(...)"),
        ("u:send(string.rep('x', 65508))", "send: a datagram must not be longer than 65507 bytes"),
        ("u:send()", "bad argument #1 to 'send' (string expected, got nil)"),
        ("u:receive(0)", "receive: timeout must be above 0 and at most 86400 seconds"),
        ("u:receive(math.huge)", "receive: timeout must be above 0 and at most 86400 seconds"),
        ("u:receive('line')", "receive: timeout must be above 0 and at most 86400 seconds"),
    ])
    func aWrongUseOfAConnectionIsAnErrorAtItsLine(call: String, message: String) async throws {
        let server = try TestServer { $0.waitForEnd() }
        let answer = try await NetworkScript.notes(
            """
            local c, u = assert(tcp.connect("127.0.0.1:\(server.port)")), assert(udp.connect("127.0.0.1:9"))
            \(call)
            """,
            needs: needs
        )
        #expect(answer == ["failed: error: test.lua:14: \(message)"])
    }

    @Test func nothingWaitsWhileThePluginIsLoaded() async throws {
        for call in ["tcp.connect('router:23')", "udp.connect('router:23')", "dns.resolve('router')"] {
            let error = await #expect(throws: PluginError.self) {
                _ = try await NetworkScript("", needs: needs, top: call)
            }
            #expect(error.map { "\($0)".contains("cannot wait while the plugin is loaded") } == true)
        }
    }

    @Test func whatIsDoneToAClosedConnectionIsAnswered() async throws {
        let server = try TestServer { $0.waitForEnd() }
        let answer = try await NetworkScript.notes(
            """
            local c, u = assert(tcp.connect("127.0.0.1:\(server.port)")), assert(udp.connect("127.0.0.1:9"))
            c:close() c:close() u:close() u:close()
            note(c.closed, u.closed) note(c:send("x")) note(c:receive("line")) note(u:send("x")) note(u:receive())
            """,
            needs: needs
        )
        #expect(
            answer == [
                "true | true", "nil | connection is closed", "nil | connection is closed", "nil | socket is closed",
                "nil | socket is closed",
            ]
        )
    }

    @Test func aVariableThatCloseEndsTheConnectionWithItsBlock() async throws {
        let server = try TestServer { $0.waitForEnd() }
        let script = try await NetworkScript(
            """
            local kept
            do
              local c <close> = assert(tcp.connect("127.0.0.1:\(server.port)"))
              local absent <close> = tcp.connect("127.0.0.1:\(try unusedPort())")
              kept = c
            end
            note(kept.closed)
            """,
            needs: needs
        )
        #expect(await script.run() == ["true"])
        await server.waitUntilAllAreClosed()
    }
}
