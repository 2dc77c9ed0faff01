import Foundation
import Testing

@testable import Hub

@Suite struct LinearPatternTests {
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
            ("\\Qa.b\\E", "a.b", ["a.b"]),
            ("(?U)a+", "aaa", ["a"]), ("[]a]+", "]a", ["]a"]), ("\\.\\/\\-", "./-", ["./-"]), ("^abc", "xabc", nil),
            ("[\\D]+", "12ab", ["ab"]), ("(?i)[k]", "K", ["K"]),
        ] as [(String, String, [String]?)]
    )
    func patternsMatchAsInGo(pattern: String, text: String, groups: [String]?) throws {
        let match = try LinearPattern(pattern).firstMatch(in: text)
        guard let groups else {
            #expect(match == nil)
            return
        }
        let found = try #require(match)
        #expect(groups.indices.map { found.expand("${\($0)}") } == groups)
    }

    @Test func templatesAreExpandedAsInGo() throws {
        let match = try #require(LinearPattern("(?P<whole>\\d+)\\.(\\d+)").firstMatch(in: "12.34"))
        for (template, text) in [
            ("$1", "12"), ("$1.$2", "12.34"), ("${1}0", "120"), ("$10", ""), ("$whole", "12"), ("$$1", "$1"),
            ("$", "$"), ("a${", "a${"), ("$2x", ""), ("5", "5"), ("", ""),
        ] {
            #expect(match.expand(template) == text, "\(template)")
        }
    }

    @Test(arguments: [
        ("(a", "\")\" is missing"), ("a)", "\")\" is not expected"), ("[a", "\"]\" is missing"),
        ("*a", "there is nothing to repeat"), ("a**", "there is nothing to repeat"),
        ("a{1001}", "repeats more than 1000 times"), ("a{2,1}", "a range ends before it starts"),
        ("\\1", "unknown escape \"\\1\""), ("(?=a)", "unknown group \"?=\""), ("(?<!a)", "unknown group \"?<!\""),
        ("\\p{Greek}", "unknown class \"\\p{Greek}\""), ("[z-a]", "a range ends before it starts"),
        ("a\\", "ends in a backslash"), ("[[:foo:]]", "unknown class \"[:foo:]\""), ("\\C", "unknown escape \"\\C\""),
        ("((a{1000}){1000}){1000}", "needs more than 4000 steps"),
    ])
    func whatGoWouldNotTakeIsRefused(pattern: String, problem: String) {
        #expect(throws: PatternProblem.self) { try LinearPattern(pattern) }
        do { _ = try LinearPattern(pattern) } catch { #expect("\(error)" == problem) }
    }

    @Test func attackPatternsThatExplodeTakeTimeInProportionToTheText() throws {
        let text = String(repeating: "a", count: 5000)
        let start = ContinuousClock.now
        for pattern in ["(a+)+$b", "(a|a)*b", "(a*)*b", "(.*)(.*)(.*)(.*)(.*)x", "^(([a-z])+.)+[A-Z]([a-z])+$"] {
            #expect(try LinearPattern(pattern).firstMatch(in: text) == nil)
        }
        // Backtracking would take longer than the universe has existed.
        #expect(ContinuousClock.now - start < .seconds(60))
    }

    @Test func attackPatternsOfNothingAreCompiledAtOnce() throws {
        var pattern = ""
        for _ in 0..<50 { pattern = "(?:\(pattern)){1000}" }
        #expect(try LinearPattern(pattern).isFound(in: ""))
        let deep = String(repeating: "(", count: 2000) + String(repeating: ")", count: 2000)
        #expect(throws: PatternProblem.tooDeep) { try LinearPattern(deep) }
    }
}
