import Testing

@testable import Telnet

@Suite struct PagerTests {
    private static let blanks = String(repeating: " ", count: 12)

    private func outcome(_ answer: [UInt8], _ pieces: Pieces) throws -> Outcome {
        try Conversation.run(Router.exchange("show status dhcp", answer), pieces)
    }

    private func spaces(_ outcome: Outcome) -> Int { outcome.sent.suffix { $0 == 0x20 } }

    @Test(arguments: Pieces.all) func theMarkerGoesInTheMiddleOfALine(_ pieces: Pieces) throws {
        for encoding in Encoding.all {
            for erasing in [Self.blanks, "\r" + Self.blanks + "\r", Self.blanks + "\r", "\r" + Self.blanks] {
                let text =
                    "  割り当て中アドレス: 192.0.2.15\r\n---つづく---" + erasing
                    + " クライアントイーサネットアドレス: 00:53:00:00:00:01\r\n"
                let outcome = try outcome(encoding.bytes(text), pieces)
                #expect(
                    outcome.outputs == [
                        "  割り当て中アドレス: 192.0.2.15\n クライアントイーサネットアドレス: 00:53:00:00:00:01\n"
                    ]
                )
                #expect(spaces(outcome) == 1)
            }
        }
    }

    @Test(arguments: Pieces.all) func aLabelMayBeTorn(_ pieces: Pieces) throws {
        for encoding in Encoding.all {
            let text = "利用可能アド---つづく---\r" + Self.blanks + "\rレス数: 12\r\n"
            let outcome = try outcome(encoding.bytes(text), pieces)
            #expect(outcome.outputs == ["利用可能アドレス数: 12\n"])
        }
    }

    @Test(arguments: Pieces.all) func evenACharacterMayBeTorn(_ pieces: Pieces) throws {
        for encoding in Encoding.all {
            let marker = try encoding.bytes("---つづく---\r" + Self.blanks + "\r")
            let label = try encoding.bytes("受信オーバーフロー能: 3\r\n")
            for cut in 1..<18 {
                let outcome = try outcome(Array(label[..<cut]) + marker + Array(label[cut...]), pieces)
                #expect(outcome.outputs == ["受信オーバーフロー能: 3\n"])
            }
        }
    }

    @Test(arguments: ["---more---", "--- more ---", "--More--", "---More---", "-- More --"])
    func englishMarkersAreKnown(_ marker: String) throws {
        let erasing = String(repeating: " ", count: marker.utf8.count)
        for erasing in [erasing, "\r\(erasing)\r", "\r\(Self.blanks)\r", "\r\n", "\r\u{1B}[K"] {
            for pieces in Pieces.all {
                let outcome = try outcome(Router.bytes("one\r\n\(marker)\(erasing)  two\r\n"), pieces)
                #expect(outcome.outputs == ["one\n  two\n"])
                #expect(spaces(outcome) == 1)
            }
        }
    }

    @Test(arguments: Pieces.all) func backspacesErase(_ pieces: Pieces) throws {
        let erasing = String(repeating: "\u{8}", count: 8)
        let answer = "one\r\n--More--\(erasing)        \(erasing)two\r\n"
        #expect(try outcome(Router.bytes(answer), pieces).outputs == ["one\ntwo\n"])
    }

    @Test(arguments: Pieces.all) func everyPageIsTurned(_ pieces: Pieces) throws {
        let page = "line\r\n---more---\r          \r"
        let outcome = try outcome(Router.bytes(String(repeating: page, count: 30)), pieces)
        #expect(outcome.outputs == [String(repeating: "line\n", count: 30)])
        #expect(spaces(outcome) == 30)
    }

    @Test(arguments: Pieces.all) func dashesAreNotAMarker(_ pieces: Pieces) throws {
        let text = "----------\r\n----more----\r\n-more-\r\n---mor\r\n--- more\r\n- -- ---\r\n"
        let outcome = try outcome(Router.bytes(text), pieces)
        #expect(outcome.outputs == [text.replacing("\r\n", with: "\n")])
        #expect(spaces(outcome) == 0)
    }

    @Test(arguments: Pieces.all) func indentationAfterTheMarkerIsKept(_ pieces: Pieces) throws {
        for erasing in ["\r" + Self.blanks + "\r", Self.blanks] {
            let text = "one\r\n---つづく---" + erasing + "               割り当て中アドレス: 192.0.2.1\r\n"
            let outcome = try outcome(Router.bytes(text), pieces)
            #expect(outcome.outputs == ["one\n               割り当て中アドレス: 192.0.2.1\n"])
        }
    }

    @Test func theStartOfAMarkerIsNoSilence() throws {
        var session = try TelnetSession(.router)
        #expect(session.receive(Router.password) == [.send(Router.bytes("hirake-goma\r"), .secret)])
        #expect(session.receive(Router.bytes("\r\n# ")) == [.awaitQuiet])
        #expect(session.receive(Router.bytes("-")) == [])
        #expect(session.receive(Router.bytes("x\r\n# ")) == [.awaitQuiet])
        #expect(session.quiet() == [.loggedIn(banner: "# -x\n")])
    }

    @Test(arguments: Pieces.all) func aBannerMayBePaged(_ pieces: Pieces) throws {
        let banner = Router.bytes("\r\none\r\n---more---\r          \rtwo\r\n> ")
        let outcome = try Conversation.run([.peer(Router.password), .peer(banner)], pieces)
        #expect(outcome.banner == "one\ntwo\n")
        #expect(outcome.sent == Router.bytes("hirake-goma\r "))
    }

    @Test func tooManyPagesAreAnError() throws {
        let page = Router.bytes("line\r\n---more---")
        let answer = [[UInt8]](repeating: page, count: 5001).flatMap(\.self)
        let outcome = try outcome(answer, .whole)
        #expect(outcome.error?.text == "the answer to \"show status dhcp\" must not have more than 5000 pages")
        #expect(outcome.isClosed)
    }
}

extension [UInt8] {
    /// How many at the end are so.
    fileprivate func suffix(_ isIncluded: (UInt8) -> Bool) -> Int { reversed().prefix(while: isIncluded).count }
}
