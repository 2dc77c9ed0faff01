import Foundation
import Glibc
import SNMP
import Testing

@testable import Hub

@Suite struct ModuleFileTests {
    @Test func bothFormatsAreRead() throws {
        let new = ModuleText(
            """
            version: 1
            auths:
              private: { community: secret1, version: 1 }
            modules:
              a:
                walk: [1.3.6.1.2.1.2]
              b: { get: [1.3.6.1.2.1.1.3.0], max_repetitions: 10, retries: 0, timeout: 1m0.5s, allow_nonincreasing_oids: yes }
            """,
            keeping: "b"
        )
        #expect(new.problems == [])
        #expect(new.contents.modules.map(\.name) == ["a", "b"])
        #expect(new.contents.auths.map(\.name) == ["private"])
        #expect(new.contents.auths.first?.auth.version == 1)
        let kept = try #require(new.contents.kept)
        #expect(kept.get.map(\.description) == ["1.3.6.1.2.1.1.3.0"])
        let parameters = WalkParameters(
            maxRepetitions: 10,
            retries: 0,
            timeout: .milliseconds(60_500),
            allowsNonIncreasing: true
        )
        #expect(kept.parameters == parameters)
        #expect(!kept.isOldFormat)

        let old = ModuleText("a:\n  version: 1\n  auth: { community: x }\nb:\n  walk:\n  - 1.3\n", keeping: "a")
        #expect(old.problems == [])
        #expect(old.contents.modules.map(\.name) == ["a", "b"])
        #expect(old.contents.kept?.auth?.version == 1)
        #expect(old.contents.kept?.auth?.community.reveal() == "x")
    }

    @Test(arguments: ["snmp-modules.yml", "snmp-modules-0.21.yml"])
    func filesOfTheGeneratorAreRead(name: String) throws {
        let text = try fixture(name)
        let whole = ModuleText(text)
        #expect(whole.problems == [])
        #expect(whole.contents.modules.count >= 2)
        for (name, _) in whole.contents.modules {
            let kept = try #require(ModuleText(text, keeping: name).contents.kept)
            #expect(!kept.metrics.isEmpty)
        }
    }

    @Test func aModuleIsDecodedFromItsOwnLinesAsFromTheWholeFile() throws {
        let text = try fixture("snmp-modules.yml")
        let bytes = Array(text.utf8)
        for (name, place) in ModuleText(text).contents.modules {
            let range = try #require(place.bytes)
            let problems = ModuleProblems(path: "snmp.yml")
            let part = bytes[range].withUnsafeBufferPointer { part in
                ModuleScanner.module(part, isOldFormat: false, problems)
            }
            #expect(problems.error == nil)
            let whole = try #require(ModuleText(text, keeping: name).contents.kept)
            #expect(part?.metrics.map(\.name) == whole.metrics.map(\.name))
            #expect(part?.metrics.map(\.help) == whole.metrics.map(\.help))
        }
    }

    @Test func anchorsAliasesAndMergeKeysAreRead() throws {
        let text = """
            modules:
              a:
                metrics:
                - &uptime { name: up, oid: 1.3.6.1.2.1.1.3, type: gauge, help: Time. }
              b:
                walk: &roots [1.3.6.1.2.1.1]
                get: *roots
                metrics:
                - *uptime
                - { <<: *uptime, name: other, oid: 1.3.6.1.2.1.1.7 }
            """
        let file = ModuleText(text, keeping: "b")
        #expect(file.problems == [])
        let kept = try #require(file.contents.kept)
        #expect(kept.get == kept.walk)
        #expect(kept.metrics.map(\.name) == ["up", "other"])
        #expect(kept.metrics.map(\.help) == ["Time.", "Time."])
        #expect(file.contents.modules.map { $0.place.bytes == nil } == [false, true])
    }

    @Test func aliasesThatGrowWithoutEndAreRefused() {
        var text = "modules:\n  m:\n    walk: &a0 [\"1.3\"]\n"
        for level in 1...25 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            text += "  m\(level):\n    walk: &a\(level) [\(aliases)]\n"
        }
        #expect(ModuleText(text).problems.contains { $0.contains("has more than 4000000 values") })
    }

    @Test func everyProblemIsReportedWithItsLine() {
        let file = ModuleText(
            """
            auths:
              a: { version: 4, comunity: x }
              b: { version: 3, security_level: authPriv, username: u, auth_protocol: SHA1 }
            modules:
              m:
                walk: [1.3.6.1, sysUpTime]
                max_repetitions: "25"
                timeout: 5
                retries: -1
                metrics:
                - name: x
                  oid: 1.3.6
                  type: guage
                  scale: much
                  indexes:
                  - { labelname: 1x, type: Integer }
                  - { labelname: y, type: OctetString, implied: maybe }
                  regex_extracts:
                    Y:
                    - regex: '(a'
                - oid: 1.3
                walk: [1.3.6.1]
              m: {}
            moduls: {}
            """
        )
        #expect(
            file.problems == [
                "snmp.yml:2: version must be from 1 to 3, got 4",
                "snmp.yml:2: unknown key \"comunity\", did you mean \"community\"?",
                "snmp.yml:3: auth_protocol must be one of MD5, SHA, SHA224, SHA256, SHA384, SHA512, got \"SHA1\"",
                "snmp.yml:3: password is missing, version 3 needs it",
                "snmp.yml:3: priv_password is missing, version 3 needs it",
                "snmp.yml:6: walk must be an object identifier such as 1.3.6.1.2.1.1, got \"sysUpTime\"",
                "snmp.yml:7: max_repetitions must be a whole number, got \"25\"",
                "snmp.yml:8: timeout must be a duration such as 5s, got \"5\"",
                "snmp.yml:9: retries must be from 0 to 100, got -1",
                "snmp.yml:13: unknown type \"guage\", did you mean \"gauge\"?",
                "snmp.yml:14: scale must be a number, got \"much\"",
                "snmp.yml:16: \"1x\" is no name for a label",
                "snmp.yml:17: implied must be true or false, got \"maybe\"",
                "snmp.yml:20: regular expression \"(a\": error parsing regexp: missing closing ): `(a`",
                "snmp.yml:21: a metric must have a name",
                "snmp.yml:22: key \"walk\" is already given in line 6",
                "snmp.yml:23: module \"m\" is already given in line 5",
                "snmp.yml:24: unknown key \"moduls\", did you mean \"modules\"?",
            ]
        )
    }

    @Test(arguments: [
        ("", 0), ("modules:\n", 0), ("[]", 1), ("modules: [a]", 1), ("modules: {a: [}", 1), ("\u{7}", 1),
        ("modules:\n  a: 1\n", 1), ("a:\n  walk: 1.3\n", 1), ("a: {walk: [{}]}", 1), ("auths: 5\nmodules: {}", 1),
        ("a: {metrics: [1, [], {}]}", 3), ("? {a: b}\n: c", 1), ("a: *nothing", 1), ("a: !ruby/object {}", 1),
        ("a: {}\n---\nb: {}", 1), ("modules: {a: {walk: ~, metrics: }}", 0),
    ])
    func whatIsNoModuleFileIsRefused(text: String, problems: Int) {
        #expect(ModuleText(text).problems.count == problems, "\(ModuleText(text).problems)")
    }

    @Test func manyProblemsAreCutShort() {
        let text = ModuleText("modules:\n  m:\n" + (0..<500).map { "    key\($0): 1\n" }.joined())
        #expect(text.problems.count == ModuleProblems.limit + 1)
        #expect(text.problems.last == "snmp.yml: 400 more problems")
    }

    /// The size of the file that snmp_exporter ships, against libyaml's events of the same file alone.
    ///
    /// In processor time of this thread, the least of three, so that a busy machine does not count.
    @Test func aFileOfTwoMegabytesIsCheckedInAFewTimesWhatItsEventsTake() throws {
        let bytes = Array(try largeFile().utf8)
        #expect(bytes.count > 2_000_000)
        var events = Duration.seconds(1000)
        var scan = Duration.seconds(1000)
        for _ in 0..<3 {
            events = min(events, try Self.threadTime { try readEvents(bytes) })
            let problems = ModuleProblems(path: "snmp.yml")
            var contents = ModuleScanner.Contents()
            scan = min(
                scan,
                Self.threadTime { contents = bytes.withUnsafeBufferPointer { ModuleScanner.scan($0, problems) } }
            )
            #expect(problems.error == nil)
            #expect(contents.modules.count >= 50)
            #expect(contents.modules.allSatisfy { $0.place.bytes != nil })
        }
        print("module file of \(bytes.count) bytes: \(scan), its events alone \(events)")
        #expect(scan < events * 10)
    }

    private func readEvents(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBufferPointer { bytes in
            guard let reader = YAMLEventReader(bytes: bytes) else { throw ConfigurationError("out of memory") }
            while true {
                if case .streamEnd = try reader.next().kind { return }
            }
        }
    }

    private static func threadTime(_ body: () throws -> Void) rethrows -> Duration {
        func now() -> Duration {
            var time = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
        }
        let start = now()
        try body()
        return now() - start
    }
}

/// A file of the tests' own data.
func fixture(_ name: String) throws -> String {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
    return try String(contentsOf: folder.appending(path: name), encoding: .utf8)
}

/// More than 2 MB and 50 modules, made of copies of the fixture's.
func largeFile() throws -> String {
    let modules = try fixture("snmp-modules.yml").split(separator: "\nmodules:\n", maxSplits: 1)[1]
    var text = "modules:\n"
    for copy in 0..<36 {
        for line in modules.split(separator: "\n", omittingEmptySubsequences: false) {
            let isName = line.hasPrefix("  ") && !line.hasPrefix("   ") && line.hasSuffix(":")
            text += isName ? line.dropLast() + "_\(copy):\n" : line + "\n"
        }
    }
    return text
}
