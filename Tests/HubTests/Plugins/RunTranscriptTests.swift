import Testing

@testable import Hub

@Suite struct RunTranscriptTests {
    private let transcript = RunTranscript()

    @Test func secretsAreBlanked() {
        var secrets = SecretRegistry()
        secrets.insert("hunter22")
        transcript.begin(blanking: secrets)
        transcript.note("telnet >", "login hunter22\nhunter22")
        #expect(transcript.entries.map(\.text) == ["login <secret>\n<secret>"])
        #expect(transcript.entries.map(\.kind) == ["telnet >"])
    }

    @Test func aSecretThatTheCutGoesThroughIsBlanked() {
        var secrets = SecretRegistry()
        secrets.insert("hunter22")
        transcript.begin(blanking: secrets)
        transcript.note("log", String(repeating: "x", count: RunTranscript.textLimit - 4) + "hunter22")
        #expect(transcript.entries.allSatisfy { !$0.text.contains("hunt") })
        #expect(transcript.entries.first?.text.count == RunTranscript.textLimit + 3)
    }

    @Test func controlCharactersAreShown() {
        transcript.note("telnet <", "a\u{1B}[31mred\u{7}\r\n\tb\u{9B}2J")
        #expect(transcript.entries.map(\.text) == ["a\\x1b[31mred\\x07\\x0d\n\tb\\x9b2J"])
    }

    @Test func itsSizeIsLimited() {
        let line = String(repeating: "x", count: 4096)
        for _ in 0..<1000 { transcript.note("log", line) }
        let size = transcript.entries.reduce(0) { $0 + $1.text.utf8.count }
        #expect(size >= RunTranscript.limit && size < RunTranscript.limit + 4096)
        #expect(transcript.entries.count + transcript.leftOut == 1000)
    }
}
