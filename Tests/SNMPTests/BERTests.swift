import Testing

@testable import SNMP

/// The encodings that agents send, and those that nobody should.
@Suite struct BERTests {
    @Test(arguments: [
        ("02 01 00", SNMPValue.integer(0)), ("02 00", .integer(0)), ("02 01 ff", .integer(-1)),
        ("02 04 80 00 00 00", .integer(.min)), ("02 04 7f ff ff ff", .integer(.max)),
        // More octets than needed.
        ("02 06 00 00 00 00 00 05", .integer(5)), ("02 0a ff ff ff ff ff ff ff ff ff fb", .integer(-5)),
        ("02 81 01 07", .integer(7)), ("02 83 00 00 01 07", .integer(7)),
        // Unsigned numbers by mistake.
        ("02 05 00 ff ff ff ff", .gauge32(.max)), ("02 06 00 01 00 00 00 00", .counter64(1 << 32)),
        ("01 01 01", .integer(1)),
        ("41 01 80", .counter32(128)), ("41 02 00 80", .counter32(128)), ("41 04 ff ff ff ff", .counter32(.max)),
        ("41 05 00 ff ff ff ff", .counter32(.max)), ("41 05 ff ff ff ff fb", .counter32(.max - 4)),
        ("42 01 18", .gauge32(24)), ("47 01 18", .gauge32(24)), ("43 00", .timeTicks(0)),
        ("46 08 ff ff ff ff ff ff ff ff", .counter64(.max)), ("46 09 00 ff ff ff ff ff ff ff ff", .counter64(.max)),
        ("46 02 01 00", .counter64(256)),
        ("04 00", .octets([])), ("04 02 00 ff", .octets([0, 255])), ("05 00", .null),
        ("40 04 c0 00 02 01", .ipAddress([192, 0, 2, 1])), ("40 00", .octets([])),
        ("44 07 9f 78 04 41 20 00 00", .opaque([0x9F, 0x78, 0x04, 0x41, 0x20, 0, 0])),
        ("06 00", .oid(ObjectIdentifier([0, 0]))), ("06 01 2b", .oid(ObjectIdentifier([1, 3]))),
        ("06 06 2b 8f ff ff ff 7f", .oid(ObjectIdentifier([1, 3, .max]))),
        ("06 03 88 37 03", .oid(ObjectIdentifier([2, 999, 3]))), ("06 02 2b 00", .oid(ObjectIdentifier([1, 3, 0]))),
        ("80 00", .noSuchObject), ("81 00", .noSuchInstance), ("82 00", .endOfMibView),
    ])
    func aValueIsReadAsAgentsSendIt(_ bytes: String, _ value: SNMPValue) throws {
        var reader = BERReader(hex(bytes))
        #expect(try reader.value() == value)
        #expect(reader.isAtEnd)
    }

    @Test(arguments: [
        ("", BERError.truncated), ("02", .truncated), ("02 02 01", .truncated), ("02 84 ff ff ff ff 01", .truncated),
        ("02 ff", .truncated), ("30 80 00 00", .indefiniteLength), ("1f 81 01 00", .unknownType(0x1F)),
        ("02 09 01 00 00 00 00 00 00 00 00", .integerTooLarge), ("41 05 01 00 00 00 00", .integerTooLarge),
        ("46 09 01 00 00 00 00 00 00 00 00", .integerTooLarge), ("06 02 2b 81", .truncated),
        ("06 06 2b 90 80 80 80 00", .subIdentifierTooLarge), ("a7 00", .unknownType(0xA7)),
        ("02 88 ff ff ff ff ff ff ff ff", .truncated), ("02 09 80 00 00 00 00 00 00 00 00", .integerTooLarge),
        ("02 05 80 00 00 00 00", .integerTooLarge),
    ])
    func whatIsNoValueIsRefused(_ bytes: String, _ error: BERError) {
        var reader = BERReader(hex(bytes))
        #expect(throws: error) { try reader.value() }
    }

    @Test func anObjectMayHave128SubIdentifiers() throws {
        var reader = BERReader([0x06, 0x7F, 0x2B] + [UInt8](repeating: 1, count: 126))
        #expect(try reader.value() == .oid(ObjectIdentifier([1, 3] + [UInt32](repeating: 1, count: 126))))
        var longer = BERReader([0x06, 0x81, 0x80, 0x2B] + [UInt8](repeating: 1, count: 127))
        #expect(throws: BERError.tooManySubIdentifiers) { try longer.value() }
    }

    @Test(
        arguments: [0, 1, -1, 127, 128, -128, -129, 255, 256, 32767, 32768, -32769, 8_388_608, .max, .min] as [Int32]
    )
    func integersAreWrittenAsShortAsCanBe(_ number: Int32) throws {
        var writer = BERWriter()
        writer.integer(number)
        let bytes = writer.bytes
        var reader = BERReader(bytes)
        #expect(try reader.integer32() == number)
        if bytes.count > 3 {
            // The first nine bits are not all the same.
            #expect(!(bytes[2] == 0 && bytes[3] < 0x80) && !(bytes[2] == 0xFF && bytes[3] >= 0x80))
        }
    }

    @Test(arguments: [0, 1, 127, 128, 255, 256, 65_000]) func lengthsAreWrittenAsShortAsCanBe(_ count: Int) throws {
        var writer = BERWriter()
        writer.octetString([UInt8](repeating: 7, count: count))
        let header = count < 128 ? 2 : count < 256 ? 3 : 4
        #expect(writer.bytes.count == header + count)
        var reader = BERReader(writer.bytes)
        #expect(try reader.octetString().count == count)
    }

    @Test(arguments: ["0.0", "1.3", "2.999.3", "1.3.6.1.4.1.4294967295.0.128.127.16384", "2.4294967295"])
    func namesAreReadAsTheyWereWritten(_ text: String) throws {
        let name = try #require(ObjectIdentifier(text))
        var writer = BERWriter()
        writer.objectIdentifier(name)
        var reader = BERReader(writer.bytes)
        #expect(try reader.value() == .oid(name))
    }

    @Test func aNestedListCostsNoDepth() {
        var bytes: [UInt8] = []
        for _ in 0..<10_000 {
            bytes = [0x30, 0x84] + withUnsafeBytes(of: UInt32(bytes.count).bigEndian) { Array($0) } + bytes
        }
        var reader = BERReader(bytes)
        #expect(throws: BERError.self) { try reader.bindings() }
    }
}
