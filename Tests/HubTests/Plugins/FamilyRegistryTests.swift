import Exposition
import Testing

@testable import Hub

@Suite struct FamilyRegistryTests {
    private final class Registry {
        var registry = FamilyRegistry()

        /// The index, or what is wrong.
        func declare(
            _ name: String,
            _ kind: MetricKind = .gauge,
            help: String = "Help.",
            labels: [String] = [],
            again: Bool = false
        ) -> String {
            let descriptor = FamilyDescriptor(name: name, kind: kind, help: help)
            do throws(DeclarationError) {
                return "\(try registry.declare(descriptor, labelNames: labels, again: again))"
            } catch {
                return error.text
            }
        }
    }

    private let registry = Registry()

    @Test func familiesAreNumberedInTheirOrder() {
        #expect(registry.declare("a") == "0")
        #expect(registry.declare("b", labels: ["x", "y"]) == "1")
        #expect(registry.registry.families.map(\.descriptor.name) == ["a", "b"])
        #expect(registry.registry.families[1].labelNames == ["x", "y"])
    }

    @Test func aNameIsDeclaredOnce() {
        _ = registry.declare("a")
        #expect(registry.declare("a") == "family \"a\" is declared twice")
    }

    @Test func askedAgainTheSameFamilyIsTheSame() {
        _ = registry.declare("a", labels: ["x"])
        #expect(registry.declare("a", labels: ["x"], again: true) == "0")
        let problem = "family \"a\" was declared with another type, help or label names"
        #expect(registry.declare("a", .untyped, labels: ["x"], again: true) == problem)
        #expect(registry.declare("a", help: "Other.", labels: ["x"], again: true) == problem)
        #expect(registry.declare("a", labels: ["y"], again: true) == problem)
        #expect(registry.declare("b", again: true) == "1")
    }

    @Test func theOrderOfTheNamesIsKnown() {
        for name in ["m", "b", "z", "a", "n", "B", "m_x"] { _ = registry.declare(name) }
        let names = registry.registry.byName.map { registry.registry.families[$0].descriptor.name }
        #expect(names == ["B", "a", "b", "m", "m_x", "n", "z"])
    }

    @Test func namesOfTheHubAreItsOwn() {
        #expect(registry.declare("hub_x") == "names that begin with hub_ are the hub's own")
    }

    @Test func labelsOfTargetsAreNotDeclared() {
        registry.registry.targetLabels = [[("target", "a"), ("site", "home")], [("target", "b")]]
        #expect(registry.declare("a", labels: ["site"]) == "label \"site\" is set by the configuration of a target")
        #expect(registry.declare("a", labels: ["other"]) == "0")
    }

    @Test func thereIsAnEndToLabelsAndFamilies() {
        let labels = (0...FamilyRegistry.labelLimit).map { "l\($0)" }
        #expect(registry.declare("a", labels: labels) == "more than 64 labels")
        for number in 0..<FamilyRegistry.limit { _ = registry.declare("f\(number)") }
        #expect(registry.declare("f0", again: true) == "0")
        #expect(registry.declare("one_more") == "more than 10000 families")
    }

    @Test func thereIsAnEndToTheirText() {
        let problem = "names and help of all families are longer than 1048576 bytes"
        #expect(registry.declare("a", help: String(repeating: "x", count: 1 << 20)) == problem)
        #expect(registry.declare("a", help: String(repeating: "x", count: 1 << 19)) == "0")
        #expect(registry.declare("b", help: String(repeating: "x", count: 1 << 19)) == problem)
        #expect(registry.declare("b") == "1")
    }

    @Test func eachTargetHasItsConstantLabels() throws {
        registry.registry.targetLabels = [[("target", "a")], [("target", "b"), ("zone", "z")]]
        _ = registry.declare("a", labels: ["x"])
        let first = try registry.registry.layout(0, target: 1)
        #expect(first.count == 1)
        #expect(try registry.registry.layout(0, target: 0).count == 1)
    }

    @Test func theRulesOnNamesAreThePluginsChoice() {
        #expect(registry.declare("a", .counter) == "name of a counter must end in _total, got \"a\"")
        registry.registry.naming = .legacy
        #expect(registry.declare("a", .counter) == "0")
    }
}
