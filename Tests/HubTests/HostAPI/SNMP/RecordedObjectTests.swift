import FoundationEssentials
import SNMP
import Testing

@testable import Hub

/// Objects of recorded cases.
@Suite struct RecordedObjectTests {
    private let name = ObjectIdentifier([1, 3, 6, 1])

    private var values: [SNMPValue] {
        [
            .integer(.min), .integer(.max), .octets([]), .octets(Array("two  words ".utf8)), .octets([0, 255]),
            .octets(Array("line\n".utf8)), .octets(Array("ルータ".utf8)), .null, .oid(name), .ipAddress([192, 0, 2, 1]),
            .counter32(.max), .gauge32(0), .timeTicks(7), .opaque([0x9F, 0x78, 4, 0, 0, 0, 0]), .counter64(.max),
            .noSuchObject, .noSuchInstance, .endOfMibView,
        ]
    }

    @Test func everyValueIsReadAsItWasWritten() throws {
        for value in values {
            let object = RecordedObject(VariableBinding(name, value))
            let encoded = try JSONEncoder().encode([object])
            #expect(try JSONDecoder().decode([RecordedObject].self, from: encoded) == [object])
        }
    }

    @Test(arguments: [
        "", "1.3", "1.3 ", "1.3 integer", "1.3 integer x", "1.3 integer 2147483648", "1.3 counter32 -1", "1.3 hex 0",
        "1.3 hex 0g", "1.3 hex +1", "1.3 ip 1.2.3", "1.3 ip ::1", "1.3 oid x", "1.3 float 1", "x integer 1",
    ])
    func whatIsNoObjectIsRefused(text: String) {
        #expect(RecordedObject(text) == nil)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([RecordedObject].self, from: Data("[\"\(text)\"]".utf8))
        }
    }

    @Test func secretsAreBlankedInWhatIsRecorded() {
        var secrets = SecretRegistry()
        secrets.insert("hidden-community")
        let tape = Tape(.record, now: 0) { secrets.redact($0) }
        let value = SNMPValue.octets(Array("trap hidden-community sent".utf8))
        tape.note("walk 1.3", to: "router:161", [VariableBinding(name, value)], error: "hidden-community is wrong")
        guard case .snmp(let query)? = tape.finished().exchanges.first else { return #expect(Bool(false)) }
        #expect(query.objects.map(\.text) == ["1.3.6.1 octets trap <secret> sent"])
        #expect(query.error == "<secret> is wrong")
    }
}
