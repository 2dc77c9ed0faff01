import LinearRegex
import Testing

struct LinearRegexTests {
    /// Pattern, text, what the groups found; nil where nothing matches.
    ///
    /// The results are those of Go 1.19's regexp.
    @Test(
        arguments: [
            ("(.*)", "abc", ["abc", "abc"]), ("^(?:(.*)(.))$", "12V", ["12V", "12", "V"]),
            ("^(?:(\\d*?)(\\d{2}))$", "12345", ["12345", "123", "45"]),
            ("(\\d.\\d+)", "value 4.42 123", ["4.42", "4.42"]),
            ("a|ab", "ab", ["a"]), ("(?:a|ab)$", "ab", ["ab"]), ("(a+)(b+)?", "caab", ["aab", "aa", "b"]),
            ("(a)|(b)", "b", ["b", "", "b"]), ("x*", "aaa", [""]), ("(?i)HELLO", "say hello", ["hello"]),
            ("(?i:h)ELLO", "hELLO", ["hELLO"]), ("[[:alpha:]_]+", "12ab_c", ["ab_c"]), ("[^0-9]+", "12ab", ["ab"]),
            ("[\\d.-]+", "v-1.5x", ["-1.5"]), ("\\bfoo\\b", "a foo b", ["foo"]), ("(?m)^b$", "a\nb\nc", ["b"]),
            ("a.c", "a\nc", nil), ("(?s)a.c", "a\nc", ["a\nc"]), ("\\x41\\x{42}\\103", "ABC", ["ABC"]),
            ("\\p{Lu}+", "abÄÖc", ["ÄÖ"]), ("\\pL+", "1é2", ["é"]), ("(?P<n>\\d+)", "a42", ["42", "42"]),
            ("a{2,3}", "aaaa", ["aaa"]), ("a{2,3}?", "aaaa", ["aa"]), ("a{,2}", "a{,2}", ["a{,2}"]),
            ("(a*)*", "aab", ["aa", "aa"]), ("(a|b)*c", "abac", ["abac", "a"]), ("^$", "", [""]),
            ("\\Qa.b\\E", "a.b", ["a.b"]), ("(?U)a+", "aaa", ["a"]), ("[]a]+", "]a", ["]a"]),
            ("\\.\\/\\-", "./-", ["./-"]),
            ("^abc", "xabc", nil), ("[\\D]+", "12ab", ["ab"]), ("(?i)[k]", "K", ["K"]), ("b", "abc", ["b"]),
        ] as [(String, String, [String]?)]
    )
    func matchesAreThoseOfGo(pattern: String, text: String, groups: [String]?) throws {
        let match = try LinearRegex(pattern).firstMatch(in: text)
        guard let groups else {
            #expect(match == nil)
            return
        }
        let found = try #require(match)
        #expect(groups.indices.map { found.expand("${\($0)}") } == groups)
    }

    @Test
    func templatesAreExpandedAsInGo() throws {
        let match = try #require(LinearRegex("(?P<whole>\\d+)\\.(\\d+)").firstMatch(in: "12.34"))
        for (template, text) in [
            ("$1", "12"), ("$1.$2", "12.34"), ("${1}0", "120"), ("$10", ""), ("$whole", "12"), ("$$1", "$1"),
            ("$", "$"), ("a${", "a${"), ("$2x", ""), ("5", "5"), ("", ""),
        ] {
            #expect(match.expand(template) == text, "\(template)")
        }
    }

    @Test
    func anAnchoredExpressionStandsForTheWholeText() throws {
        let regex = try LinearRegex("a|ab", isAnchored: true)
        #expect(regex.isFound(in: "ab"))
        #expect(!regex.isFound(in: "abc"))
        #expect(!regex.isFound(in: "xa"))
        #expect(try !LinearRegex("a.b", isAnchored: true).isFound(in: "a\nb"))
        #expect(try LinearRegex("a.b", isAnchored: true, dotMatchesLineFeed: true).isFound(in: "a\nb"))
    }

    @Test(arguments: [
        ("(a", "missing closing ): `(a`"), ("a)", "unexpected ): `a)`"), ("[a", "missing closing ]: `[a`"),
        ("*a", "missing argument to repetition operator: `*`"), ("a**", "invalid nested repetition operator: `**`"),
        ("a{1001}", "invalid repeat count: `{1001}`"), ("a{2,1}", "invalid repeat count: `{2,1}`"),
        ("\\1", "invalid escape sequence: `\\1`"), ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"),
        ("[z-a]", "invalid character class range: `z-a`"), ("a\\", "trailing backslash at end of expression: ``"),
        ("(?P<n>a)(?P<n>b)", "duplicate capture group name: `n`"),
    ])
    func whatGoWouldNotTakeIsRefusedInItsWords(pattern: String, problem: String) {
        #expect(throws: RegexError.self) { try LinearRegex(pattern) }
        do { _ = try LinearRegex(pattern) } catch { #expect("\(error)" == "error parsing regexp: \(problem)") }
    }

    @Test(arguments: ["(a+)+$b", "(a|a)*b", "(a*)*b", "(.*)(.*)(.*)(.*)(.*)x", "^(([a-z])+.)+[A-Z]([a-z])+$"])
    func attackExpressionsThatExplodeTakeTimeInProportionToTheText(pattern: String) throws {
        // Backtracking would take longer than the universe has existed.
        #expect(try LinearRegex(pattern).firstMatch(in: String(repeating: "a", count: 3000)) == nil)
    }

    @Test(arguments: [
        "((a{1000}){1000}){1000}", "(?:(?:(?:){1000}){1000}){1000}", "((a{100}){10}){10}",
        String(repeating: "(", count: 2000) + String(repeating: ")", count: 2000),
        String(repeating: "a", count: RegexProgram.maximumSize + 1),
    ])
    func attackExpressionsThatGrowAreRefusedAtOnce(pattern: String) {
        #expect(throws: RegexError.self) { try LinearRegex(pattern) }
    }
}
