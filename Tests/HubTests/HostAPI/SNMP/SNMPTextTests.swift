import SNMP
import Testing

@testable import Hub

/// What octet strings mean.
@Suite struct SNMPTextTests {
    @Test func aMACIsWrittenInPairsOfDigits() {
        #expect(SNMPText.mac([0x00, 0xA0, 0xDE, 0x0B, 0xFF, 0x10]) == "00:a0:de:0b:ff:10")
        #expect(SNMPText.mac([7]) == "07")
        #expect(SNMPText.mac([]) == nil)
    }

    @Test func anAddressIsKnownByItsLength() {
        #expect(SNMPText.ip([192, 0, 2, 255]) == "192.0.2.255")
        #expect(SNMPText.ip([192, 0, 2, 1, 0, 0, 0, 3]) == "192.0.2.1%3")
        #expect(SNMPText.ip([0xFE, 0x80] + [UInt8](repeating: 0, count: 13) + [1, 0, 0, 1, 2]) == "fe80::1%258")
        for length in [0, 3, 5, 15, 17, 21] { #expect(SNMPText.ip([UInt8](repeating: 1, count: length)) == nil) }
    }

    /// As RFC 5952 §4 has them.
    @Test(arguments: [
        ("20010db8000000000000000000000001", "2001:db8::1"), ("00000000000000000000000000000000", "::"),
        ("00000000000000000000000000000001", "::1"), ("20010db8000000010001000100010001", "2001:db8:0:1:1:1:1:1"),
        ("20010000000000010000000000000001", "2001:0:0:1::1"),
        ("20010db8000000000001000000000001", "2001:db8::1:0:0:1"),
        ("20010db8000100010000000000000000", "2001:db8:1:1::"),
    ])
    func theLongestRunOfZerosIsLeftOut(digits: String, text: String) throws {
        let object = try #require(RecordedObject("1.3 hex \(digits)"))
        guard case .octets(let bytes) = object.binding.value else { throw NotOctets() }
        #expect(SNMPText.ip(bytes) == text)
    }

    /// The first one is the example of RFC 2579.
    @Test func aDateAndTimeIsUnixSeconds() {
        let example: [UInt8] = [0x07, 0xC8, 5, 26, 13, 30, 15, 0, UInt8(ascii: "-"), 4, 0]
        #expect(SNMPText.time(example) == 706_901_415)
        #expect(SNMPText.time(Array(example.prefix(8))) == 706_887_015)
        #expect(SNMPText.time([0x07, 0xB2, 1, 1, 0, 0, 0, 5, UInt8(ascii: "+"), 0, 0]) == 0.5)
        #expect(SNMPText.time([0x07, 0xD0, 2, 29, 23, 59, 60, 0]) == 951_868_800)
    }

    @Test(
        arguments: [
            [], [0x07, 0xC8, 5, 26, 13, 30, 15], [0x07, 0xC8, 0, 26, 13, 30, 15, 0],
            [0x07, 0xC8, 13, 26, 13, 30, 15, 0],
            [0x07, 0xC8, 5, 0, 13, 30, 15, 0], [0x07, 0xC8, 5, 26, 24, 30, 15, 0], [0x07, 0xC8, 5, 26, 13, 60, 15, 0],
            [0x07, 0xC8, 5, 26, 13, 30, 61, 0], [0x07, 0xC8, 5, 26, 13, 30, 15, 10],
            [0x07, 0xC8, 5, 26, 13, 30, 15, 0, 0, 4, 0], [UInt8](repeating: 0, count: 8),
            [UInt8](repeating: 255, count: 11),
        ] as [[UInt8]]
    )
    func whatIsNoDateAndTimeIsNone(bytes: [UInt8]) {
        #expect(SNMPText.time(bytes) == nil)
    }

    private struct NotOctets: Error {}
}
