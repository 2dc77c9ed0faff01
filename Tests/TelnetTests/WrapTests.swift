import Testing

@testable import Telnet

@Suite struct WrapTests {
    /// `shift_jis` counts two columns for whatever is not ASCII.
    private func joined(_ lines: [String], columns: Int = 80, pairsAreWide: Bool = false) -> [String] {
        LineJoiner(columns: columns, pairsAreWide: pairsAreWide).joined(lines.map { Array($0.utf8) })
            .map { String(decoding: $0, as: UTF8.self) }
    }

    /// 79 columns of 80, as the routers do it.
    private static let main = "  main:  RTX1200 ver=c0 serial=D00000001 MAC-Address=00:53:00:00:00:11 MAC-Addr"

    @Test(arguments: Pieces.all) func aWordTornAtTheEndOfTheLineIsWhole(_ pieces: Pieces) throws {
        let text = "RTX1200 BootROM\r\n\(Self.main)\r\ness=00:53:00:00:00:22\r\nCPU:   1%(5sec)\r\n"
        let outcome = try Conversation.run(Router.exchange("show environment", Router.bytes(text)), pieces)
        #expect(outcome.outputs == ["RTX1200 BootROM\n\(Self.main)ess=00:53:00:00:00:22\nCPU:   1%(5sec)\n"])
    }

    @Test func aLineOfSeveralTerminalLinesIsOne() {
        let full = String(repeating: "ab", count: 39) + "c"
        #expect(joined([full, full, "rest", "next"]) == [full + full + "rest", "next"])
    }

    @Test func aPeerThatUsesTheLastColumnIsUnderstood() {
        let full = String(repeating: "ab", count: 40)
        let shorter = String(repeating: "ab", count: 39) + "c"
        #expect(joined([full, "rest", shorter, "next"]) == [full + "rest", shorter, "next"])
    }

    @Test func wideCharactersTakeTwoColumns() {
        let name = String(repeating: "漢字", count: 19) + "漢"
        #expect(name.count == 39)
        #expect(joined([name, "字が続く", "x"]) == [name + "字が続く", "x"])
        #expect(joined([name + "a", "字が続く"]) == [name + "a字が続く"])
        #expect(joined([name, "abc"]) == [name, "abc"])
        let kana = String(repeating: "ｱ", count: 79)
        #expect(joined([kana, "ｲ"]) == [kana + "ｲ"])
    }

    @Test func devicesOfTwoByteCharacterSetsCountBytes() {
        let line = "温度: 46℃" + String(repeating: "x", count: 67) + "y"
        #expect(joined([line, "z"], pairsAreWide: true) == [line, "z"])
        #expect(joined([line + "y", "z"], pairsAreWide: true) == [line + "yz"])
    }

    @Test(arguments: Pieces.all) func japaneseIsJoinedInEveryCharacterSet(_ pieces: Pieces) throws {
        let full = "IPv4(全体/ファストパス):      0123456789 パケット / 01234567 パケット 受信オー"
        for encoding in Encoding.all {
            let answer = try encoding.bytes(full + "\r\nバーフロー:  3\r\n")
            let outcome = try Conversation.run(Router.exchange("show status lan1", answer), pieces)
            #expect(outcome.outputs == [full + "バーフロー:  3\n"])
        }
    }

    @Test func theWidthGoesByTheCharacterSet() throws {
        let full = "筐体内温度(℃): 46" + String(repeating: "xy", count: 30)
        for (encoding, end) in [(Encoding.shiftJIS, "z"), (.euc, "z"), (.utf8, "zz")] {
            let steps = try Router.exchange("show x", encoding.bytes(full + end + "\r\nrest\r\n"))
            #expect(try Conversation.run(steps).outputs == [full + end + "rest\n"])
        }
    }

    @Test func whatIsNoTornWordStays() {
        let full = String(repeating: "ab", count: 39) + "c"
        #expect(joined([full, ""]) == [full, ""])
        #expect(joined([full, "  indented"]) == [full, "  indented"])
        #expect(joined([full]) == [full])
        let rule = String(repeating: "-", count: 79)
        #expect(joined([rule, "text"]) == [rule, "text"])
        let shorter = String(full.dropLast())
        #expect(joined([shorter, "text"]) == [shorter, "text"])
    }

    @Test func textWithALongerLineWasNotWrapped() {
        let full = String(repeating: "ab", count: 40)
        #expect(joined([full, "text", full + "c", "d"]) == [full, "text", full + "c", "d"])
    }

    @Test(arguments: [0, 200]) func aWiderTerminalDoesNotWrapAt80(_ columns: Int) throws {
        let text = "\(Self.main)\r\ness\r\n"
        let changed = options { $0.columns = columns }
        let outcome = try Conversation.run(Router.exchange("show environment", Router.bytes(text)), options: changed)
        #expect(outcome.outputs == ["\(Self.main)\ness\n"])
    }

    @Test func tabsGoToTheNextStop() {
        #expect(ColumnWidth.of(Array("ab\tc".utf8), pairsAreWide: false) == 9)
    }
}
