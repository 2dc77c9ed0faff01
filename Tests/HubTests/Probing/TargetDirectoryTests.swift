import Testing

@testable import Hub

@Suite struct TargetDirectoryTests {
    private static func directory(_ targets: String, environment: [String: String] = [:]) throws -> TargetDirectory {
        let configuration = try decodeConfiguration("plugins:\n  a:\n    targets: \(targets)", environment: environment)
        return TargetDirectory(configuration.plugin("a").targets)
    }

    @Test func aTargetIsFoundByNameOrAddress() throws {
        let directory = try Self.directory("[192.0.2.1, { address: 192.0.2.2, name: two }]")
        #expect(directory.match("192.0.2.1") == .target(0))
        #expect(directory.match("two") == .target(1))
        #expect(directory.match("192.0.2.2") == .target(1))
        #expect(directory.match("192.0.2.3") == .nothing)
    }

    @Test func aNameGoesOverAnotherTargetsAddress() throws {
        let directory = try Self.directory("[{ address: x, name: y }, { address: y, name: x }]")
        #expect(directory.match("x") == .target(1))
        #expect(directory.match("y") == .target(0))
    }

    @Test func anAddressOfSeveralTargetsSaysNothing() throws {
        let directory = try Self.directory("[{ address: x, name: a }, { address: x, name: b }]")
        #expect(directory.match("x") == .ambiguous)
        #expect(directory.match("b") == .target(1))
    }

    @Test func secretsInAddressesCannotBeTriedOut() throws {
        let targets = "[\"http://u:pass1234@h/\", { address: \"http://h/?key=${KEY}\", name: keyed }]"
        let directory = try Self.directory(targets, environment: ["KEY": "abcd1234"])
        #expect(directory.match("http://h/") == .target(0))
        #expect(directory.match("http://u:pass1234@h/") == .nothing)
        #expect(directory.match("http://h/?key=abcd1234") == .nothing)
        #expect(directory.match("keyed") == .target(1))
    }
}
