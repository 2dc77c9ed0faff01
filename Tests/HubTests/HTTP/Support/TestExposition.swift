import Exposition

/// Expositions of a known size.
enum TestExposition {
    /// One family `test` with the samples 1 to `count`, each labelled with its number.
    static func gauges(_ count: Int) throws -> MergedExposition {
        var block = FamilyBlock(FamilyDescriptor(name: "test", kind: .gauge, help: "Numbers."))
        for number in 1...count { try block.append(Double(number), labels: [("number", "\(number)")]) }
        return merge([Contribution(source: "test", families: [block])])
    }
}
