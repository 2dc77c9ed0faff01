import SNMP
import Testing

@testable import Hub

/// What agents answer, as scripts see it; the answers are played, so that every value can be had.
@Suite struct SNMPAnswerTests {
    /// Notes what a script makes of answers: a query with the objects as a recorded case writes them.
    private func notes(
        _ body: String,
        _ answers: [(query: String, objects: [String])],
        error: String? = nil,
        configuration: String = ""
    ) async throws -> [String] {
        let exchanges = try answers.map { query, objects in
            let objects = try objects.map { try #require(RecordedObject($0), "\($0)") }
            return RecordedExchange.snmp(
                RecordedQuery(snmp: query, agent: "router:161", objects: objects, error: error)
            )
        }
        let script = try await NetworkScript(
            body,
            needs: "network = { \"router:161\" }",
            configuration: configuration,
            tape: .replay(RecordedRun(time: 0, exchanges: exchanges))
        )
        return await script.run()
    }

    private static let objects = [
        "1.3.1 integer -7", "1.3.2 counter32 4294967295", "1.3.3 gauge32 5", "1.3.4 timeticks 6",
        "1.3.5 counter64 9223372036854775807", "1.3.6 counter64 9223372036854775808",
        "1.3.7 counter64 18446744073709551615", "1.3.8 octets Yamaha  RTX ", "1.3.9 hex 00ff00", "1.3.10 oid 1.3.6",
        "1.3.11 ip 192.0.2.1", "1.3.12 opaque 9f7804c2c7999a", "1.3.13 opaque 9f79083ff8000000000000",
        "1.3.14 opaque 9f7804", "1.3.15 null", "1.3.16 octets",
    ]

    @Test func valuesKeepTheirType() async throws {
        let body = """
            for oid, value, kind in assert(snmp.walk("router", "1.3")) do
              local shown = tostring(value):gsub("[^ -~]", function(byte) return "<" .. byte:byte() .. ">" end)
              note(oid, kind, math.type(value) or type(value), shown)
            end
            """
        let noted = try await notes(body, [("walk 1.3", Self.objects)])
        #expect(
            noted == [
                "1.3.1 | integer | integer | -7", "1.3.2 | counter32 | integer | 4294967295",
                "1.3.3 | gauge32 | integer | 5", "1.3.4 | timeticks | integer | 6",
                "1.3.5 | counter64 | integer | 9223372036854775807",
                "1.3.6 | counter64 | float | 9.2233720368548e+18", "1.3.7 | counter64 | float | 1.844674407371e+19",
                "1.3.8 | octets | string | Yamaha  RTX ", "1.3.9 | octets | string | <0><255><0>",
                "1.3.10 | oid | string | 1.3.6", "1.3.11 | ip | string | 192.0.2.1",
                "1.3.12 | opaque | float | -99.800003051758", "1.3.13 | opaque | float | 1.5",
                "1.3.14 | opaque | string | <159>x<4>", "1.3.15 | null | nil | nil", "1.3.16 | octets | string | ",
            ]
        )
    }

    @Test func anAnswerHasTheKeysOfTheQuestion() async throws {
        let body = """
            local got = assert(snmp.get("router", { "1.3.1", "1.3.2", up = "1.3.3", again = ".1.3.1", none = "1.3.4" }))
            note(got[1], got[2], got.up, got.again, got.none)
            """
        let query = "get 1.3.1 1.3.2 1.3.1 1.3.4 1.3.3"
        let objects = ["1.3.1 integer 1", "1.3.2 noSuchInstance", "1.3.3 integer 3", "1.3.4 noSuchObject"]
        #expect(try await notes(body, [(query, objects)]) == ["1 | nil | 3 | 1 | nil"])
    }

    @Test func aQuestionForNothingIsAnsweredWithNothing() async throws {
        let body = """
            note(next(assert(snmp.get("router", {}))))
            local rows, order = assert(snmp.table("router", {}))
            note(next(rows), #order)
            """
        #expect(try await notes(body, [("get ", [])]) == ["nil", "nil | 0"])
    }

    @Test func aSubtreeThatIsMissingIsAWalkWithoutObjects() async throws {
        let body = "local count = 0 for oid in assert(snmp.walk('router', '1.3')) do count = count + 1 end note(count)"
        #expect(try await notes(body, [("walk 1.3", [])]) == ["0"])
    }

    @Test func columnsAreJoinedByIndexInItsOrder() async throws {
        let body = """
            local rows, order = assert(snmp.table("router", { name = "1.3.1", size = "1.3.2", none = "1.3.3" }))
            note(order)
            for _, index in ipairs(order) do note(index, rows[index].name, rows[index].size, rows[index].none) end
            local list = assert(snmp.table("router", { "1.3.1", "1.3.2" }))
            note(list["2"][1], list["2"][2], list["10.1"][1], list["10.1"][2])
            """
        let names = ["1.3.1.1 octets a", "1.3.1.2 octets b", "1.3.1.10.1 octets c"]
        let sizes = ["1.3.2.2 integer 20", "1.3.2.3 integer 30", "1.3.2.10 integer 100"]
        let answers = [("walk 1.3.1", names), ("walk 1.3.3", []), ("walk 1.3.2", sizes)]
        #expect(
            try await notes(body, answers + [answers[0], answers[2]]) == [
                "{1,2,3,10,10.1}", "1 | a | nil | nil", "2 | b | 20 | nil", "3 | nil | 30 | nil",
                "10 | nil | 100 | nil",
                "10.1 | c | nil | nil", "b | 20 | c | nil",
            ]
        )
    }

    @Test func manyObjectsComeWhole() async throws {
        let count = 3000
        let column = { (number: Int) in (1...count).map { "1.3.\(number).\($0) integer \($0)" } }
        let body = """
            local last, sum = 0, 0
            for oid, value in assert(snmp.walk("router", "1.3.1")) do
              assert(oid == "1.3.1." .. value and value == last + 1, oid)
              last, sum = value, sum + value
            end
            local rows, order = assert(snmp.table("router", { a = "1.3.1", b = "1.3.2" }))
            for i, index in ipairs(order) do assert(index == tostring(i) and rows[index].a == i and rows[index].b == i) end
            note(last, sum, #order)
            """
        let answers = [("walk 1.3.1", column(1)), ("walk 1.3.1", column(1)), ("walk 1.3.2", column(2))]
        #expect(try await notes(body, answers) == ["3000 | 4501500 | 3000"])
    }

    @Test func aFailureIsNilAndTheReason() async throws {
        let body = """
            note(snmp.walk("router", "1.3")) note(snmp.table("router", { "1.3" })) note(snmp.get("router", { "1.3" }))
            """
        let answers = [("walk 1.3", ["1.3.1 integer 1"]), ("walk 1.3", []), ("get 1.3", [])]
        let message = "nil | router:161: no response within 5 s (3 retries)"
        let noted = try await notes(body, answers, error: "router:161: no response within 5 s (3 retries)")
        #expect(noted == [message, message, message])
    }

    @Test func anAnswerThatIsTooLongIsRefused() async throws {
        let body = """
            note(snmp.walk("router", "1.3.1")) note(snmp.table("router", { "1.3.1", "1.3.2" }))
            note(snmp.walk("router", "1.3.2") ~= nil)
            """
        let long = (1...20).map { "1.3.1.\($0) octets \(String(repeating: "x", count: 100))" }
        let short = ["1.3.2.1 octets \(String(repeating: "y", count: 500))"]
        let answers = [("walk 1.3.1", long), ("walk 1.3.1", Array(long.dropFirst(5))), ("walk 1.3.2", short)]
        let message = "nil | router:161: the answer is longer than 4096 bytes, see limits.response_size"
        let noted = try await notes(
            body,
            answers + [("walk 1.3.2", short)],
            configuration: "plugins: { test: { limits: { response_size: 4KiB } } }"
        )
        #expect(noted == [message, message, "true"])
    }

    @Test func anAnswerCountsForTheMemoryOfTheScript() async throws {
        let objects = (1...4000).map { "1.3.\($0) octets \($0)\(String(repeating: "x", count: 500))" }
        let noted = try await notes(
            "local kept = assert(snmp.walk('router', '1.3')) note(kept ~= nil)",
            [("walk 1.3", objects)],
            configuration: "plugins: { test: { limits: { memory: 1MiB } } }"
        )
        #expect(noted.first?.hasPrefix("failed: memory: ") == true, "\(noted)")
    }

    @Test func helpersAnswerNilForWhatIsMissing() async throws {
        let body = """
            note(snmp.mac(nil), snmp.ip(nil), snmp.text(nil), snmp.date_and_time(nil), snmp.index(nil), snmp.suffix(nil, "1"))
            note(snmp.mac("\\0\\160\\222\\1\\2\\3"), snmp.ip("\\192\\0\\2\\1"), snmp.ip("abc"))
            note(snmp.text("router\\0\\0"), snmp.text("\\xff", "latin1"), snmp.text("\\131\\92", "shift_jis"), snmp.text(""))
            note(snmp.date_and_time("\\7\\200\\5\\26\\13\\30\\15\\0-\\4\\0"), snmp.date_and_time("x"))
            note(snmp.index("3.192.0.2.9", "integer", "ip")) note(snmp.index("1.2.3")) note(snmp.index("x"))
            note(snmp.suffix("1.3.6.1.5", "1.3.6"), snmp.suffix(".1.3.6", "1.3.6"), snmp.suffix("1.3.61", "1.3.6"))
            """
        #expect(
            try await notes(body, []) == [
                "nil | nil | nil | nil | nil | nil", "00:a0:de:01:02:03 | 192.0.2.1 | nil", "router | ÿ | ソ | ",
                "706901415 | nil", "3 | 192.0.2.9", "1 | 2 | 3", "nil", "1.5 |  | nil",
            ]
        )
    }
}
