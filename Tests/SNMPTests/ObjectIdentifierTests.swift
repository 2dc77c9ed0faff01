import SNMP
import Testing

struct ObjectIdentifierTests {
    @Test(arguments: ["", ".", "1.", "1..3", "a", "1.3.-6", "1.3.+6", "4294967296", "1.3 "])
    func whatIsNoIdentifierIsRefused(_ text: String) {
        #expect(ObjectIdentifier(text) == nil)
    }

    @Test
    func aLeadingDotIsAllowed() {
        #expect(ObjectIdentifier(".1.3.6.1") == ObjectIdentifier([1, 3, 6, 1]))
        #expect(ObjectIdentifier("1.3.6.4294967295")?.description == "1.3.6.4294967295")
    }

    @Test
    func theOrderIsThatOfWalks() throws {
        let names = ["1.3.6", "1.3.6.1", "1.3.6.1.2", "1.3.6.2", "1.3.10"].compactMap { ObjectIdentifier($0) }
        #expect(names.shuffled().sorted() == names)
        #expect(names[2].isBelow(names[1]))
        #expect(!names[4].isBelow(try #require(ObjectIdentifier("1.3.1"))))
    }
}
