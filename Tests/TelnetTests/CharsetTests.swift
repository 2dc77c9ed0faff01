import Testing

@testable import Telnet

@Suite struct CharsetTests {
    private static let lines = "受信オーバーフロー:  0\r\n利用可能アドレス数: 12\r\nソ表能予十申: [\\]\r\n筐体内温度(℃): 46\r\n"

    @Test(arguments: Pieces.all) func theCharacterSetIsFound(_ pieces: Pieces) throws {
        for encoding in Encoding.all {
            let steps = try Router.exchange("show status lan1", encoding.bytes(Self.lines))
            let outcome = try Conversation.run(steps, pieces)
            #expect(outcome.outputs == [Self.lines.replacing("\r\n", with: "\n")])
        }
    }

    @Test func aFixedCharacterSetIsObeyed() throws {
        for encoding in Encoding.all {
            let changed = try options { $0.charset = try #require(CharsetChoice(named: encoding.name)) }
            let steps = try Router.exchange("show x", encoding.bytes("ソ能\r\n"))
            #expect(try Conversation.run(steps, options: changed).outputs == ["ソ能\n"])
        }
        let ascii = try options { $0.charset = try #require(CharsetChoice(named: "ascii")) }
        #expect(
            try Conversation.run(Router.exchange("show x", [0x83, 0x5C, 13, 10]), options: ascii).outputs == [
                "\u{FFFD}\\\n"
            ]
        )
        for name in ["utf-16", "iso-2022-jp", "big5", "klingon", ""] { #expect(CharsetChoice(named: name) == nil) }
    }

    @Test func aDamagedByteDoesNotChangeTheCharacterSet() throws {
        for encoding in Encoding.all {
            var bytes = try encoding.bytes(Self.lines + Self.lines)
            bytes[0] = 0xFF
            let outcome = try Conversation.run(
                Router.exchange("show x", bytes.flatMap { $0 == 0xFF ? [0xFF, 0xFF] : [$0] })
            )
            let output = try #require(outcome.outputs.first)
            #expect(output.hasSuffix(Self.lines.replacing("\r\n", with: "\n")))
        }
    }

    @Test func aLostByteDoesNotChangeTheCharacterSet() throws {
        // All of it is half-width katakana in Shift_JIS, without a fault.
        let katakana = "パケットオーバーフロー: 3\r\n"
        let bytes = try Encoding.euc.bytes("信\r\n" + katakana)
        let outcome = try Conversation.run(Router.exchange("show x", Array(bytes.dropFirst())))
        #expect(outcome.outputs.first?.hasSuffix(katakana.replacing("\r\n", with: "\n")) == true)
    }

    @Test func whatWasLearnedIsKeptForTheSession() throws {
        // Two half-width katakana of Shift_JIS, which are one character of EUC-JP.
        let ambiguous: [UInt8] = [0xB1, 0xB2, 13, 10]
        let steps =
            try Router.exchange("show a", Encoding.shiftJIS.bytes(Self.lines)) + [
                .command("show b"), .peer(Router.bytes("show b\r\n") + ambiguous + Router.bytes("> ")),
            ]
        #expect(try Conversation.run(steps).outputs.last == "ｱｲ\n")
    }

    @Test(arguments: Pieces.all) func aSecondByteIsNoPrompt(_ pieces: Pieces) throws {
        let changed = options { $0.prompt = "\\" }
        let steps: [Step] = try [
            .peer(Router.bytes("\\")), .command("show a"),
            .peer(Router.bytes("show a\r\n") + Encoding.shiftJIS.bytes("受信能")), .peer(Router.bytes("\r\n\\")),
        ]
        #expect(try Conversation.run(steps, pieces, options: changed).outputs == ["受信能\n"])
    }
}
