import Glibc
import Testing

/// `time` and `os.uname`.
struct TimeTests {
    private func parse(_ text: String, _ format: String) throws -> String {
        let notes = try HostAPIScript.notes("note(time.parse(..., '\(format)'))", with: Array(text.utf8))
        return notes.last ?? ""
    }

    private func format(_ seconds: String, _ format: String) throws -> String {
        let notes = try HostAPIScript.notes("note(time.format(\(seconds), ...))", with: Array(format.utf8))
        return String((notes.last ?? "").dropFirst().dropLast())
    }

    /// Known answers are from `date -u -d TEXT +%s`.
    @Test(arguments: [
        ("2021/01/30 09:44:53 +09:00", "%Y/%m/%d %H:%M:%S %z", "1611967493"),
        ("2021/01/30 09:44:53", "%Y/%m/%d %H:%M:%S", "1611999893"), ("1970-01-01", "%Y-%m-%d", "0"),
        ("1969-12-31T23:59:59Z", "%Y-%m-%dT%H:%M:%SZ", "-1"), ("01:00", "%H:%M", "3600"),
        ("Mon Sep  9 15:23:58 2013", "%a %b %e %H:%M:%S %Y", "1378740238"), ("2024-02-29", "%F", "1709164800"),
        ("Sun, 06 Nov 1994 08:49:37 GMT", "%a, %d %b %Y %H:%M:%S GMT", "784111777"), ("1611967493", "%s", "1611967493"),
        ("2024 060", "%Y %j", "1709164800"), ("2016-12-31 23:59:60", "%F %T", "1483228800"),
        ("2021-01-30T09:44:53Z", "%Y-%m-%dT%H:%M:%S%z", "1611999893"),
    ])
    func aTimeThatMatchesIsUnixSeconds(text: String, format: String, expected: String) throws {
        #expect(try parse(text, format) == expected)
    }

    @Test(arguments: [
        ("yesterday", "%Y", #""yesterday" does not match the format "%Y""#),
        ("2021-01-30 x", "%Y-%m-%d", #""2021-01-30 x" does not match the format "%Y-%m-%d""#),
        ("", "%Y", #""" does not match the format "%Y""#),
        ("2021-13-01", "%Y-%m-%d", #""2021-13-01" does not match the format "%Y-%m-%d""#),
        ("2021-02-29", "%Y-%m-%d", #""2021-02-29" names a day that its month does not have"#),
        ("2021\u{0}", "%Y", "\"2021\u{0}\" does not match the format \"%Y\""),
    ])
    func aTextThatDoesNotMatchAnswersNil(text: String, format: String, message: String) throws {
        #expect(try parse(text, format) == "\"\(message)\"")
    }

    @Test(arguments: [
        ("0", "%Y-%m-%dT%H:%M:%SZ", "1970-01-01T00:00:00Z"),
        ("1611967493.9", "%F %T %a %b", "2021-01-30 00:44:53 Sat Jan"), ("-0.5", "%F %T", "1969-12-31 23:59:59"),
        ("1", "", ""), ("12", "%s %%s %-s%10s", "12 %s 1212"), ("0", "%z", "+0000"),
        ("253402300799", "%F", "9999-12-31"), ("'60'", "%M", "01"), ("0", "受信 %H", "受信 00"),
    ])
    func aTimeIsWrittenInUTC(seconds: String, format: String, expected: String) throws {
        #expect(try self.format(seconds, format) == expected)
    }

    @Test func aTimeOutOfRangeAnswersNil() throws {
        #expect(try format("1e300", "%F") == "time is out of range: 1e+300")
        #expect(try format("0/0", "%F").hasPrefix("time is out of range: "))
        #expect(try format("253402300800", "%F") == "time is out of range: 253402300800.0")
    }

    @Test(arguments: [
        ("time.format(0, '%100000d')", "time.format: result must not be longer than 4096 bytes"),
        ("time.format(0, string.rep('%c', 500))", "time.format: result must not be longer than 4096 bytes"),
        ("time.format(0, '%Y\\0')", "time.format: format must not contain a null byte"),
        ("time.parse('1', '%Y\\0')", "time.parse: format must not contain a null byte"),
        ("time.format({}, '%Y')", "bad argument #1 to 'time.format' (number expected, got table)"),
        ("time.format(1)", "bad argument #2 to 'time.format' (string expected, got no value)"),
        ("time.parse(1, '%Y')", "bad argument #1 to 'time.parse' (string expected, got number)"),
    ])
    func misuseIsRaised(call: String, message: String) throws {
        #expect(try HostAPIScript.error(call) == "test.lua:1: \(message)")
    }

    @Test func theClocksAreTheSystems() throws {
        let before = Glibc.time(nil)
        let script = """
            local a, b = time.monotonic(), time.monotonic()
            note(math.type(time.now()), b >= a, time.now() // 1)
            """
        let notes = try HostAPIScript.notes(script)
        #expect(notes.prefix(2) == [#""float""#, "true"])
        let now = try #require(Double(notes[2]))
        #expect(now >= Double(before) && now <= Double(before) + 10)
    }

    @Test func unameNamesTheKernel() throws {
        let notes = try HostAPIScript.notes(
            "local u = system.uname() note(u.sysname) for _, k in ipairs{'nodename', 'release', 'version', 'machine', "
                + "'domainname'} do note(type(u[k])) end"
        )
        #expect(notes == [#""Linux""#] + Array(repeating: #""string""#, count: 5))
    }
}
