import Testing

@testable import Hub

struct YAMLDocumentTests {
    static let invalid = [
        InvalidCase("a:\n\tb: 1", "hub.yml:2: is indented with a tab, YAML takes only spaces"),
        InvalidCase("a: 1\n---\nb: 1", "hub.yml:2: a second document starts here, only one is allowed"),
        InvalidCase(
            "a: &x 1",
            "hub.yml:1: anchors (\"&x\") are not supported, write the value out where it is used"
        ),
        InvalidCase(
            "a: &x [1]\nb: [*x, *x]",
            "hub.yml:1: anchors (\"&x\") are not supported, write the value out where it is used"
        ),
        InvalidCase("a: 1\nb: *x", "hub.yml:2: aliases (\"*x\") are not supported, write the value out"),
        InvalidCase("a: !!binary aGk=", "hub.yml:1: tags (\"tag:yaml.org,2002:binary\") are not supported"),
        InvalidCase("a: 1\n<<: { b: 1 }", "hub.yml:2: merge keys (\"<<\") are not supported, write the keys out"),
        InvalidCase("? [a]\n: b", "hub.yml:1: a key must be text, got a list"),
        InvalidCase("? { a: b }\n: b", "hub.yml:1: a key must be text, got a map"),
        InvalidCase("a: \"b\\0c\"", "hub.yml:1: text must not contain a NUL character"),
        InvalidCase(
            "a: [1,\n2",
            "hub.yml:2: did not find expected ',' or ']' while parsing a flow sequence that starts in line 1"
        ),
        InvalidCase("a: b: c", "hub.yml:1: mapping values are not allowed in this context"),
        InvalidCase(
            "a: @b",
            "hub.yml:1: found character that cannot start any token while scanning for the next token"
        ),
        InvalidCase(String(repeating: "[", count: 33), "hub.yml:1: is nested deeper than 32 levels"),
        InvalidCase(String(repeating: "[", count: 500_000), "hub.yml:1: is nested deeper than 32 levels"),
        InvalidCase(String(repeating: "- ", count: 400_000), "hub.yml:1: is nested deeper than 32 levels"),
        InvalidCase("[" + String(repeating: "a,", count: 100_000) + "]", "hub.yml:1: has more than 100000 values"),
        InvalidCase(String(repeating: "#", count: 1_048_577), "hub.yml: is larger than 1MiB"),
    ]

    @Test(arguments: invalid.indices)
    func whatIsNoConfigurationIsReportedWithItsLine(_ index: Int) {
        #expect(configurationProblems(Self.invalid[index].text) == [Self.invalid[index].message])
    }

    @Test(arguments: [
        ([0x61, 0x0A, 0x62, 0xFF], 2), ([0xFF, 0xFE, 0x61, 0x00], 1), ([0x0A, 0x0A, 0xED, 0xA0, 0x80], 3),
    ])
    func bytesThatAreNotUTF8AreReportedWithTheirLine(_ bytes: [UInt8], line: Int) {
        let found = configurationProblems { () throws(ConfigurationError) in
            _ = try YAMLDocument(bytes: bytes, path: "hub.yml")
        }
        #expect(found == ["hub.yml:\(line): is not valid UTF-8"])
    }

    @Test func nodesKnowTheirPlacesAndStyles() throws {
        let text = "# comment\nkey: value\n\"list\":\n  - 'one'\n  - |\n    two\nnone:\n"
        let root = try #require(try YAMLDocument(bytes: Array(text.utf8), path: "hub.yml").root)
        let entries = try #require(root.entries)
        #expect(entries.map(\.key) == ["key", "list", "none"])
        #expect(entries.map(\.line) == [2, 3, 7])
        #expect(entries[0].value == node(2, 6, .scalar(YAMLScalar(text: "value", style: .plain))))
        let one = node(4, 5, .scalar(YAMLScalar(text: "one", style: .quoted)))
        let two = node(5, 5, .scalar(YAMLScalar(text: "two\n", style: .quoted)))
        #expect(entries[1].value.content == .sequence([one, two]))
        #expect(entries[2].value.isNull)
    }

    @Test(arguments: ["", "\n", "# nothing\n", "---\n", "~"])
    func aFileWithoutAnyValueIsAllDefaults(_ text: String) throws {
        #expect(try decodeConfiguration(text) == .default(beside: "hub.yml"))
    }

    @Test func aByteOrderMarkIsSkipped() throws {
        #expect(try decodeConfiguration("\u{FEFF}state_dir: x").stateDirectory == "x")
    }

    @Test func nothingInQuotesIsText() throws {
        let root = try #require(try YAMLDocument(bytes: Array("['', \"~\", 'null', ~]".utf8), path: "hub.yml").root)
        guard case .sequence(let items) = root.content else { throw ConfigurationError("no list") }
        #expect(items.map(\.isNull) == [false, false, false, true])
    }

    private func node(_ line: Int, _ column: Int, _ content: YAMLNode.Content) -> YAMLNode {
        YAMLNode(line: line, column: column, content: content)
    }
}
