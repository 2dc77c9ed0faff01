import Testing

@testable import Hub

@Suite struct PathPatternTests {
    @Test(arguments: [
        ("/proc/stat", "/proc/stat", true), ("/proc/stat", "/proc/stat/x", false), ("/proc/stat", "/proc", false),
        ("/proc/*", "/proc/stat", true), ("/proc/*", "/proc/net/dev", false), ("/proc/*", "/proc", false),
        ("/a/*.txt", "/a/b.txt", true), ("/a/*.txt", "/a/b.txt.gz", false), ("/a/*.txt", "/a/.txt", true),
        ("/a/*b*c", "/a/xbxbxc", true), ("/a/*b*c", "/a/xbxbx", false), ("/a/?", "/a/b", true),
        ("/a/?", "/a/bc", false), ("/a/?*", "/a/", false),
        ("/sys/**", "/sys/a", true), ("/sys/**", "/sys/a/b/c", true), ("/sys/**", "/sys", true),
        ("/sys/**", "/system", false), ("/**/name", "/name", true), ("/**/name", "/a/b/name", true),
        ("/**/name", "/a/name/b", false), ("/a/**/b/**/c", "/a/b/x/b/y/c", true),
        ("/a/**/b/**/c", "/a/x/c", false), ("/a/**/b/*", "/a/b/b/c", true),
        ("/", "/", true), ("/", "/a", false), ("//a//b/", "/a/b", true), ("/./a", "/a", true),
        ("/[ab]", "/a", false), ("/[ab]", "/[ab]", true), ("/ü*", "/übung", true),
    ])
    func patternsMatchWholePaths(_ pattern: String, _ path: String, _ isMatch: Bool) throws {
        #expect(try #require(PathPattern(pattern)).matches(path) == isMatch)
    }

    @Test(arguments: [
        ("/a/*/c", "/", true), ("/a/*/c", "/a", true), ("/a/*/c", "/a/x", true), ("/a/*/c", "/a/x/c", false),
        ("/a/*/c", "/b", false), ("/a/b", "/a/b", false), ("/a/**", "/a/x/y", true), ("/a/**", "/ab", false),
        ("/a/**/d", "/a", true), ("/a/**/d", "/a/x/d", true), ("/**", "/x", true), ("/", "/", false),
    ])
    func aPatternLeadsBelowTheFoldersOnItsWay(_ pattern: String, _ folder: String, _ leads: Bool) throws {
        #expect(try #require(PathPattern(pattern)).leads(below: folder) == leads)
    }

    @Test(arguments: ["", "proc/stat", "./a", "~/a", "/a/../b", "/.."])
    func aPatternIsAnAbsolutePath(_ text: String) {
        #expect(PathPattern(text) == nil)
    }

    @Test func longPathsAndManyStarsTakeNoTime() throws {
        let pattern = try #require(PathPattern(String(repeating: "/**/a", count: 50) + "/b"))
        #expect(!pattern.matches(String(repeating: "/a", count: 2000)))
        let component = try #require(PathPattern("/" + String(repeating: "*a", count: 100) + "b"))
        #expect(!component.matches("/" + String(repeating: "a", count: 4000)))
    }

    @Test func aPatternOfManyComponentsNeedsNoStack() throws {
        let text = String(repeating: "/a", count: 500_000)
        #expect(try #require(PathPattern(text)).matches(text))
    }
}
