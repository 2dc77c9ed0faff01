import LinearRegex
import Testing

struct WholeMatcherTests {
    private func matches(_ pattern: String, _ escaped: String, steps: Int = 100_000) throws -> Bool {
        let program = try RegexProgram(RegexParser.parse(pattern).node, text: pattern)
        var matcher = WholeMatcher(program, WorkBudget(steps))
        return Array(escaped.utf8).withUnsafeBytes { matcher.matches($0) }
    }

    @Test
    func escapesOfExpositionsStandForTheirCharacters() throws {
        #expect(try matches("a\\\\b\"c\nd", "a\\\\b\\\"c\\nd"))
        #expect(try matches("日本|é", "日本"))
        #expect(try !matches("日本", "日本語"))
    }

    @Test
    func groupsMakeNoDifference() throws {
        #expect(try matches("(node)_((cpu)|load[0-9]+)", "node_load15"))
        #expect(try !matches("(node)_((cpu)|load[0-9]+)", "node_load"))
    }

    @Test
    func nothingMatchesOnceTheBudgetIsSpent() throws {
        let text = String(repeating: "a", count: 1000)
        #expect(try matches("(a|b|c)*", text))
        #expect(try !matches("(a|b|c)*", text, steps: 100))
    }

    @Test
    func literalsAreFoundInsideGroups() throws {
        #expect(try RegexParser.parse("(node|up)").node.literals(limit: 10) == ["node", "up"])
        #expect(try RegexParser.parse("node|up").node.literals(limit: 1) == nil)
        #expect(try RegexParser.parse("a.").node.literals(limit: 10) == nil)
    }
}
