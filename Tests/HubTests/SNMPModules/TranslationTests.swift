import Exposition
import SNMP
import Testing

@testable import Hub

/// What is made of an agent's answers; the expected samples are those of snmp_exporter 0.30's own rules.
@Suite struct TranslationTests {
    /// One metric of an object at 1.1.1, of which the lines after its name, object identifier and help are given.
    private func one(_ lines: String, _ value: SNMPValue, more: [VariableBinding] = []) throws -> Translation {
        let head = "metrics:\n- name: m\n  oid: 1.1.1\n  help: Help."
        let body = lines.split(separator: "\n").map { "\n  " + $0 }.joined()
        return ModuleTranslator.translate([try binding("1.1.1.0", value)] + more, try module(head + body))
    }

    @Test(arguments: [
        ("type: gauge", SNMPValue.integer(-2), "m -2"), ("type: counter", .counter32(7), "m 7"),
        ("type: gauge\nscale: 0.1", .integer(420), "m 42"), ("type: gauge\noffset: -1.0", .integer(70), "m 69"),
        ("type: gauge\nscale: -1\noffset: 2", .gauge32(2), "m 0"), ("type: gauge", .timeTicks(12), "m 12"),
        ("type: counter", .counter64(19_007_199_254_740_992), "m 992800745259008"),
        ("type: gauge", octets("text"), "m 0"),
        ("type: Float", .opaque([0x9F, 0x78, 4, 0x40, 0x48, 0xF5, 0xC3]), "m 3.140000104904175"),
        ("type: Double", .opaque([0x9F, 0x79, 8, 0x40, 0x09, 0x1E, 0xB8, 0x51, 0xEB, 0x85, 0x1F]), "m 3.14"),
        ("type: gauge", .opaque([0x02, 2, 0xFF, 0xFE]), "m -2"),
        ("type: DateAndTime", .octets([7, 226, 8, 15, 8, 1, 15, 0]), "m 1534320075"),
        ("type: DateAndTime", .octets([7, 226, 8, 15, 8, 1, 15, 0, 43, 2, 0]), "m 1534312875"),
        ("type: NTPTimeStamp", .octets([235, 6, 119, 246, 48, 209, 11, 59]), "m 1734080886"),
        ("type: ParseDateAndTime\ndatetime_pattern: '%b %d %Y'", octets("Apr 01 2025"), "m 1743465600"),
        (
            "type: ParseDateAndTime\ndatetime_pattern: '%a %b %d %H:%M:%S %Y'", octets("Tue Apr 01 01:02:03 2025"),
            "m 1743469323"
        ),
        ("type: DisplayString", octets("AB"), "m{m=\"AB\"} 1"),
        ("type: OctetString", .octets([127, 128, 255, 0]), "m{m=\"0x7F80FF00\"} 1"),
        ("type: OctetString", .octets([]), "m{m=\"\"} 1"),
        ("type: DisplayString", .octets([115, 97, 253, 190, 65]), "m{m=\"sa\u{FFFD}A\"} 1"),
        ("type: PhysAddress48", .octets([4, 5, 6, 7, 8, 0xAB]), "m{m=\"04:05:06:07:08:AB\"} 1"),
        ("type: InetAddressIPv4", .octets([1, 2, 3, 4]), "m{m=\"1.2.3.4\"} 1"),
        ("type: InetAddressIPv4", .ipAddress([192, 0, 2, 1]), "m{m=\"192.0.2.1\"} 1"),
        (
            "type: InetAddressIPv6", .octets([32, 1] + Array(repeating: 0, count: 13) + [9]),
            "m{m=\"2001:0000:0000:0000:0000:0000:0000:0009\"} 1"
        ),
        ("type: OctetString", .oid(ObjectIdentifier([1, 3, 6])), "m{m=\"1.3.6\"} 1"),
        ("type: OctetString", .integer(-1), "m{m=\"-1\"} 1"),
        ("type: DisplayString\nscale: 2\noffset: 1", octets("x"), "m{m=\"x\"} 3"),
        ("type: OctetString\ndisplay_hint: '1x:'", .octets([0, 26, 43]), "m{m=\"00:1A:2B\"} 1"),
        ("type: OctetString\ndisplay_hint: z", .octets([1]), "m{m=\"0x01\"} 1"),
        ("type: InetAddress", .octets([4, 5, 6, 7]), "m{m=\"0x04050607\"} 1"),
        ("type: EnumAsInfo\nenum_values: {0: foo, 2: baz}", .integer(2), "m_info{m=\"baz\"} 1"),
        ("type: EnumAsInfo\nenum_values: {0: foo}", .integer(3), "m_info{m=\"3\"} 1"),
        ("type: OctetString", .opaque([0x9F, 0x78, 4, 0x41, 0x21, 0x99, 0x9A]), "m{m=\"10.1\"} 1"),
        ("type: Bits\nenum_values: {0: a}", .octets([0x80]), "m{m=\"a\"} 1"),
        // Printed by snmp_exporter 0.30.1: what is looked up is the sample's number.
        ("type: EnumAsInfo\nenum_values: {1: foo}", .counter64(9_007_199_254_740_993), "m_info{m=\"foo\"} 1"),
        ("type: EnumAsInfo", .counter64(.max), "m_info{m=\"9007199254740991\"} 1"),
        ("type: EnumAsInfo", .opaque([0x9F, 0x78, 4, 0xC0, 0x10, 0, 0]), "m_info{m=\"-2\"} 1"),
        (
            "type: EnumAsInfo", .opaque([0x9F, 0x78, 4, 0x7F, 0xC0, 0, 0]),
            "m_info{m=\"-9223372036854775808\"} 1"
        ),
    ])
    func aValueBecomesASample(lines text: String, value: SNMPValue, sample: String) throws {
        #expect(lines(try one(text, value)) == [sample])
    }

    @Test(arguments: [
        ("type: DateAndTime", SNMPValue.octets([0])), ("type: DateAndTime", .integer(1)),
        ("type: DateAndTime", .octets([7, 226, 8, 15, 8, 1, 15, 0, 1, 2, 0])),
        ("type: NTPTimeStamp", .octets([1, 2, 3])),
        ("type: ParseDateAndTime\ndatetime_pattern: '%Y'", octets("ABC")),
        ("type: ParseDateAndTime\ndatetime_pattern: '%Y'", octets("2025x")),
    ])
    func aTimeThatIsNoneIsNoSample(lines text: String, value: SNMPValue) throws {
        let translation = try one(text, value)
        #expect(lines(translation) == [])
        #expect(translation.dropped == 0)
    }

    @Test func aCounterThatIsNotToBeWrappedIsNot() throws {
        var options = TranslationOptions()
        options.wrapsCounters = false
        let counter = try module("metrics:\n- { name: m, oid: 1.1, type: counter, help: h }")
        let translation = ModuleTranslator.translate([try binding("1.1.0", .counter64(.max))], counter, options)
        #expect(translation.families.first?.samples.first?.value == 18_446_744_073_709_551_616)
    }

    @Test func statesAndBitsHaveASampleEach() throws {
        let states = try one("type: EnumAsStateSet\nenum_values: {0: foo, 1: bar, 2: baz}", .integer(2))
        #expect(lines(states) == ["m{m=\"bar\"} 0", "m{m=\"baz\"} 1", "m{m=\"foo\"} 0"])
        let unknown = try one("type: EnumAsStateSet\nenum_values: {0: foo}", .integer(9))
        #expect(lines(unknown) == ["m{m=\"9\"} 1", "m{m=\"foo\"} 0"])
        #expect(unknown.families.first?.descriptor.help == "Help. (EnumAsStateSet)")
        #expect(unknown.families.first?.descriptor.kind == .gauge)
        let bits = try one(
            "type: Bits\nenum_values: {0: a, 1: b, 2: c, 8: d, 15: e, 23: f, 24: g}",
            .octets([0xC0, 0x80, 1])
        )
        #expect(
            lines(bits) == [
                "m{m=\"a\"} 1", "m{m=\"b\"} 1", "m{m=\"c\"} 0", "m{m=\"d\"} 1", "m{m=\"e\"} 0", "m{m=\"f\"} 1",
                "m{m=\"g\"} 0",
            ]
        )
        let wrong = try one("type: Bits\nenum_values: {0: a}", .integer(1))
        #expect(wrong.dropped == 1)
        #expect(wrong.firstDropped == "m: the value of Bits must be octets")
    }

    @Test func numbersAreExtractedFromTexts() throws {
        let rules = """
            type: DisplayString
            regex_extracts:
              Blank: [{ regex: ^XXXX$, value: '4' }]
              Fixed: [{ regex: .*, value: '5' }]
              Several: [{ regex: ^XXXX$, value: '123' }, { regex: 'Test.*', value: '999' }, { regex: .*, value: '777' }]
              Found: [{ regex: '.* (\\d\\.\\d+) .*' }]
              NoNumber: [{ regex: '(T)est.*' }]
            scale: 2
            """
        let translation = try one(rules, octets("Test value 4.42 123 999"))
        #expect(lines(translation) == ["mFixed 10", "mFound 8.84", "mSeveral 1998"])
        #expect(translation.families.allSatisfy { $0.descriptor.help == "Help. (regex extracted)" })
        #expect(
            lines(try one("type: gauge\nregex_extracts: { X: [{ regex: .*, value: '5' }] }", .integer(2))) == ["m 2"]
        )
    }

    @Test(arguments: [
        ("{ labelname: a, type: gauge }", "5", "5"), ("{ labelname: a, type: Integer32 }", "5", "5"),
        ("{ labelname: a, type: DisplayString }", "2.65.66", "AB"),
        ("{ labelname: a, type: DisplayString, fixed_size: 3 }", "65.66.67", "ABC"),
        ("{ labelname: a, type: DisplayString, implied: true }", "65.66.67.68", "ABCD"),
        ("{ labelname: a, type: DisplayString }", "2.65.255", "A\u{FFFD}"),
        ("{ labelname: a, type: OctetString }", "3.1.2.255", "0x0102FF"),
        ("{ labelname: a, type: OctetString }", "0", ""),
        ("{ labelname: a, type: PhysAddress48 }", "0.26.43.60.77.94", "00:1A:2B:3C:4D:5E"),
        ("{ labelname: a, type: PhysAddress48 }", "1.2", "01:02:00:00:00:00"),
        ("{ labelname: a, type: InetAddressIPv4 }", "192.168.1.2", "192.168.1.2"),
        (
            "{ labelname: a, type: InetAddressIPv6 }", "42.6.29.128.0.1.0.3.0.4.0.5.0.6.0.7",
            "2A06:1D80:0001:0003:0004:0005:0006:0007"
        ),
        ("{ labelname: a, type: InetAddress }", "1.4.192.168.1.2", "192.168.1.2"),
        (
            "{ labelname: a, type: InetAddress }", "2.16.42.6.29.128.0.1.0.3.0.4.0.5.0.6.0.7",
            "2A06:1D80:0001:0003:0004:0005:0006:0007"
        ),
        ("{ labelname: a, type: InetAddress }", "3.5.192.168.1.2.5", "0x0305C0A8010205"),
        ("{ labelname: a, type: InetAddressMissingSize }", "1.192.168.1.2", "192.168.1.2"),
        ("{ labelname: a, type: InetAddressMissingSize }", "3.192.168.1.2.5", "0x03C0A8010205"),
        ("{ labelname: a, type: LldpPortId }", "3.6.0.26.43.60.77.94", "00:1A:2B:3C:4D:5E"),
        ("{ labelname: a, type: EnumAsInfo, enum_values: {7: seven} }", "7", "seven"),
        ("{ labelname: a, type: EnumAsInfo, enum_values: {7: seven} }", "8", "8"),
        ("{ labelname: a, type: PhysAddress48 }", "300.1.2.3.4.5", "12C:01:02:03:04:05"),
    ])
    func anIndexBecomesALabel(index: String, rest: String, text: String) throws {
        let metric = try module("metrics:\n- { name: m, oid: 1.1, type: gauge, help: h, indexes: [\(index)] }")
        let translation = ModuleTranslator.translate([try binding("1.1." + rest, .integer(1))], metric)
        #expect(lines(translation) == ["m{a=\"\(text)\"} 1"])
    }

    @Test(arguments: ["4294967295.1", "128", "2147483647", "4294967295"])
    func attackIndexLengthsThatAreFarTooLongCostNothing(rest: String) throws {
        let metric = try module(
            "metrics:\n- { name: m, oid: 1.1, type: gauge, help: h, indexes: [{labelname: a, type: OctetString}] }"
        )
        let translation = ModuleTranslator.translate([try binding("1.1." + rest, .integer(1))], metric)
        #expect(translation.families.first?.byteCount ?? 0 < 1000)
    }

    @Test func severalIndexesFollowEachOther() throws {
        let metric = try module(
            """
            metrics:
            - name: m
              oid: 1.1
              type: gauge
              help: h
              indexes:
              - { labelname: a, type: DisplayString }
              - { labelname: b, type: gauge }
              - { labelname: c, type: InetAddressIPv4 }
              - { labelname: d, type: gauge }
            """
        )
        let translation = ModuleTranslator.translate([try binding("1.1.1.65.7.10.0.0.1", .integer(1))], metric)
        #expect(lines(translation) == ["m{a=\"A\",b=\"7\",c=\"10.0.0.1\",d=\"0\"} 1"])
    }

    @Test func lookupsAreChainedAndTakeSourceIndexesAway() throws {
        let metric = try module(
            """
            metrics:
            - name: m
              oid: 1.1
              type: gauge
              help: h
              indexes: [{ labelname: a, type: gauge }, { labelname: b, type: gauge }]
              lookups:
              - { labels: [a, b], labelname: chassis, oid: 1.2, type: gauge }
              - { labels: [chassis], labelname: name, oid: 1.3, type: DisplayString }
              - { labels: [chassis], labelname: state, oid: 1.4, type: EnumAsInfo, enum_values: {1: up} }
              - { labels: [a], labelname: none, oid: 1.9, type: DisplayString }
              - { labels: [nobody], labelname: never, oid: 1.3, type: DisplayString }
              - { labels: [], labelname: chassis }
              - { labels: [], labelname: b }
            """
        )
        let bindings = [
            try binding("1.1.4.5", .integer(1)), try binding("1.2.4.5", .integer(17)),
            try binding("1.3.17", octets("top")),
            try binding("1.4.17", .integer(1)),
        ]
        let translation = ModuleTranslator.translate(bindings, metric)
        #expect(lines(translation) == ["m{a=\"4\",name=\"top\",never=\"\",none=\"\",state=\"up\"} 1"])
    }

    @Test func aLookupOfAnAddressAsksTheColumnBefore() throws {
        let metric = try module(
            """
            metrics:
            - name: m
              oid: 1.1
              type: gauge
              help: h
              indexes: [{ labelname: a, type: gauge }]
              lookups: [{ labels: [a], labelname: address, oid: 1.5, type: InetAddress }]
            """
        )
        let bindings = [
            try binding("1.1.1", .integer(1)), try binding("1.4.1", .integer(1)),
            try binding("1.5.1", .octets([10, 0, 0, 1])),
        ]
        #expect(lines(ModuleTranslator.translate(bindings, metric)) == ["m{a=\"1\",address=\"10.0.0.1\"} 1"])
    }

    @Test func theColumnBeforeTellsTheFormatOfAnAddress() throws {
        for (type, format, bytes, text) in [
            ("InetAddress", 1, [4, 5, 6, 7], "4.5.6.7"), ("InetAddressMissingSize", 1, [4, 5, 6, 7], "4.5.6.7"),
            ("InetAddress", 3, [4, 5], "0x0405"), ("LldpPortId", 3, [4, 5, 6, 7, 8, 9], "04:05:06:07:08:09"),
            ("LldpPortId", 5, [65], "A"),
        ] as [(String, Int32, [UInt8], String)] {
            let metric = try module("metrics:\n- { name: m, oid: 1.42, type: \(type), help: h }")
            let bindings = [try binding("1.41.2", .integer(format)), try binding("1.42.2", .octets(bytes))]
            #expect(lines(ModuleTranslator.translate(bindings, metric)) == ["m{m=\"\(text)\"} 1"])
        }
    }

    @Test func aTextThatIsALabelAlreadyIsNotAddedAgain() throws {
        let metric = try module(
            """
            metrics:
            - { name: a, oid: 1.1, type: DisplayString, help: h, indexes: [{ labelname: a, type: gauge }] }
            - { name: b, oid: 1.2, type: EnumAsInfo, help: h, indexes: [{ labelname: b, type: gauge }] }
            - { name: c, oid: 1.3, type: EnumAsStateSet, help: h, indexes: [{ labelname: c, type: gauge }] }
            """
        )
        let bindings = [
            try binding("1.1.1", octets("x")), try binding("1.2.1", .integer(1)), try binding("1.3.1", .integer(1)),
        ]
        let translation = ModuleTranslator.translate(bindings, metric)
        #expect(lines(translation) == ["a{a=\"1\"} 1"])
        #expect(translation.firstDropped == "c: label \"c\" is given twice")
    }

    @Test func aRepeatedSampleIsLeftOutAndNamed() throws {
        let metric = try module(
            """
            metrics:
            - name: m
              oid: 1.1
              type: gauge
              help: h
              indexes: [{ labelname: a, type: gauge }]
              lookups: [{ labels: [a], labelname: n, oid: 1.2, type: DisplayString }, { labels: [], labelname: a }]
            """
        )
        let bindings = [
            try binding("1.1.1", .integer(10)), try binding("1.1.2", .integer(20)),
            try binding("1.2.1", octets("same")),
            try binding("1.2.2", octets("same")),
        ]
        let translation = ModuleTranslator.translate(bindings, metric)
        #expect(lines(translation) == ["m{n=\"same\"} 10"])
        #expect(translation.dropped == 1)
        #expect(translation.firstDropped == "m: duplicate sample {n=\"same\"}")
    }

    @Test func theShortestObjectIdentifierWinsAndTheLastAnswerCounts() throws {
        let metric = try module(
            """
            metrics:
            - { name: short, oid: 1.1, type: gauge, help: h }
            - { name: long, oid: 1.1.5, type: gauge, help: h }
            - { name: first, oid: 1.3, type: gauge, help: h }
            - { name: second, oid: 1.3, type: gauge, help: h }
            """
        )
        let bindings = [
            try binding("1.3.0", .integer(3)), try binding("1.1.5.0", .integer(1)), try binding("1.1.5.0", .integer(2)),
            try binding("1.4.0", .integer(4)), try binding("1.2", .integer(5)),
        ]
        #expect(lines(ModuleTranslator.translate(bindings, metric)) == ["second 3", "short 2"])
    }

    @Test func theLabelsOfATargetGoBeforeTheModules() throws {
        var options = TranslationOptions()
        options.labels = [("a", "mine"), ("target", "t")]
        let metric = try module(
            "metrics:\n- { name: m, oid: 1.1, type: gauge, help: h, indexes: [{labelname: a, type: gauge}] }"
        )
        let translation = ModuleTranslator.translate([try binding("1.1.7", .integer(1))], metric, options)
        #expect(lines(translation) == ["m{a=\"mine\",exported_a=\"7\",target=\"t\"} 1"])
    }

    @Test func noMoreSamplesAreMadeThanAreAllowed() throws {
        var options = TranslationOptions()
        options.maximumSamples = 2
        let metric = try module(
            "metrics:\n- { name: m, oid: 1.1, type: gauge, help: h, indexes: [{labelname: a, type: gauge}] }"
        )
        let bindings = try (1...5).map { try binding("1.1.\($0)", .integer(1)) }
        let translation = ModuleTranslator.translate(bindings, metric, options)
        #expect(translation.excess == .samples)
        #expect(lines(translation).count == 2)
    }

    @Test func aLongTextThatManyRowsReferToIsBounded() throws {
        var options = TranslationOptions()
        options.maximumBytes = 1_000_000
        let metric = try module(
            """
            metrics:
            - name: m
              oid: 1.1
              type: gauge
              help: h
              indexes: [{labelname: a, type: gauge}]
              lookups:
              - { labels: [a], labelname: b, oid: 1.2, type: gauge }
              - { labels: [b], labelname: c, oid: 1.3, type: DisplayString }
            """
        )
        let rows = 1000
        let bindings =
            try (1...rows).map { try binding("1.1.\($0)", .integer(1)) }
            + (1...rows).map { try binding("1.2.\($0)", .integer(7)) }
            + [binding("1.3.7", octets(String(repeating: "x", count: 50_000)))]
        let translation = ModuleTranslator.translate(bindings, metric, options)
        #expect(translation.excess == .bytes)
        #expect((15...21).contains(lines(translation).count))
    }

    @Test func columnsOfOneTableMayHaveDifferentRows() throws {
        let columns = (1...4).map { column in
            "- { name: c\(column), oid: 1.\(column), type: gauge, help: h, "
                + "indexes: [{labelname: i, type: gauge}], lookups: [{labels: [i], labelname: n, oid: 1.9, type: DisplayString}] }"
        }
        let table = try module("metrics:\n" + columns.joined(separator: "\n"))
        let rows: [[UInt32]] = [[2, 4, 6], [1, 2, 3, 4, 5, 6, 7], [6], [3, 4, 8]]
        var bindings: [VariableBinding] = []
        for (column, indexes) in rows.enumerated() {
            for index in indexes { bindings.append(try binding("1.\(column + 1).\(index)", .integer(Int32(index)))) }
        }
        for index in 1...8 { bindings.append(try binding("1.9.\(index)", octets("name\(index)"))) }
        let expected = rows.enumerated().flatMap { column, indexes in
            indexes.map { "c\(column + 1){i=\"\($0)\",n=\"name\($0)\"} \($0)" }
        }
        #expect(Set(lines(ModuleTranslator.translate(bindings, table))) == Set(expected))
        // An agent that does not answer in order.
        #expect(Set(lines(ModuleTranslator.translate(bindings.reversed(), table))) == Set(expected))
    }

    @Test func metricsWithTheSameIndexAndOtherLookupsKeepTheirLabelsApart() throws {
        let table = try module(
            """
            metrics:
            - { name: plain, oid: 1.1, type: gauge, help: h, indexes: [{labelname: i, type: gauge}] }
            - { name: text, oid: 1.2, type: DisplayString, help: h, indexes: [{labelname: i, type: gauge}] }
            - name: named
              oid: 1.3
              type: gauge
              help: h
              indexes: [{labelname: i, type: gauge}]
              lookups: [{labels: [i], labelname: n, oid: 1.2, type: DisplayString}]
            """
        )
        let bindings = try [1, 2].flatMap { row in
            [
                try binding("1.1.\(row)", .integer(1)), try binding("1.2.\(row)", octets("t\(row)")),
                try binding("1.3.\(row)", .integer(3)),
            ]
        }
        let found = Set(lines(ModuleTranslator.translate(bindings, table)))
        let expected = (1...2).flatMap { row in
            [
                "plain{i=\"\(row)\"} 1", "text{i=\"\(row)\",text=\"t\(row)\"} 1",
                "named{i=\"\(row)\",n=\"t\(row)\"} 3",
            ]
        }
        #expect(found == Set(expected))
    }

    @Test func theShippedInterfaceModuleMakesItsLabels() throws {
        let text = try fixture("snmp-modules.yml")
        let compiled = CompiledModule(try #require(ModuleText(text, keeping: "if_mib").contents.kept))
        let bindings = [
            try binding("1.3.6.1.2.1.2.2.1.2.3", octets("eth0")), try binding("1.3.6.1.2.1.2.2.1.3.3", .integer(6)),
            try binding("1.3.6.1.2.1.2.2.1.10.3", .counter32(5)), try binding("1.3.6.1.2.1.31.1.1.1.1.3", octets("e0")),
            try binding("1.3.6.1.2.1.31.1.1.1.18.3", octets("uplink")),
        ]
        let labels = "ifAlias=\"uplink\",ifDescr=\"eth0\",ifIndex=\"3\",ifName=\"e0\""
        #expect(lines(ModuleTranslator.translate(bindings, compiled)).contains("ifInOctets{\(labels)} 5"))
    }
}

@Suite struct ScrapePlanTests {
    private static let filtered = """
        walk: [1.3.1, 1.3.2, 1.9]
        get: [1.5.0, 1.3.1.7]
        filters:
        - { oid: 1.2, targets: [1.3.1, 1.3.2], values: ['^up$', lo] }
        - { oid: 1.4, targets: [1.3.1], values: ['1'] }
        """

    @Test func rowsThatAllFiltersAllowAreGotInsteadOfWalked() throws {
        var plan = ScrapePlan(try module(Self.filtered).module)
        #expect(plan.next() == .filter(ObjectIdentifier([1, 2])))
        plan.filtered([
            try binding("1.2.1", octets("up")), try binding("1.2.2", octets("down")),
            try binding("1.2.3", octets("lo0")),
        ])
        #expect(plan.next() == .filter(ObjectIdentifier([1, 4])))
        plan.filtered([
            try binding("1.4.1", .integer(1)), try binding("1.4.2", .integer(1)), try binding("1.4.3", .integer(2)),
        ])
        let names = ["1.5.0", "1.3.1.1", "1.3.2.1", "1.3.2.3"]
        #expect(plan.next() == .get(names.compactMap { ObjectIdentifier($0) }))
        #expect(plan.next() == .walk(ObjectIdentifier([1, 9])))
        #expect(plan.next() == .done)
    }

    @Test func aFilterThatFailsDoesNothing() throws {
        var plan = ScrapePlan(try module(Self.filtered).module)
        _ = plan.next()
        plan.filtered(nil)
        _ = plan.next()
        plan.filtered([])
        #expect(plan.next() == .get([ObjectIdentifier([1, 5, 0])]))
        #expect(plan.next() == .walk(ObjectIdentifier([1, 3, 2])))
    }

    @Test func objectsAreGotBeforeSubtreesAreWalked() throws {
        var plan = ScrapePlan(try module("walk: [1.3]\nget: [1.5.0]").module)
        #expect(plan.next() == .get([ObjectIdentifier([1, 5, 0])]))
        #expect(plan.next() == .walk(ObjectIdentifier([1, 3])))
        #expect(plan.next() == .done)
    }
}
