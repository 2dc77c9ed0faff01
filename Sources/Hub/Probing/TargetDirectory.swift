/// Finds configured targets by what a probe calls them.
struct TargetDirectory {
    /// What a text means.
    enum Match: Equatable {
        case target(Int)
        case ambiguous
        case nothing
    }

    private var byName: [String: Int] = [:]
    private var byAddress: [String: [Int]] = [:]

    init(_ targets: [TargetConfiguration]) {
        for (number, target) in targets.enumerated() {
            byName[target.name] = number
            // Whoever asks must not be able to try out what a secret part of an address is.
            guard !target.isAddressSecret else { continue }
            byAddress[TargetConfiguration.name(for: target.address), default: []].append(number)
        }
    }

    /// The target of that name, or else the one with that address.
    func match(_ text: String) -> Match {
        if let number = byName[text] { return .target(number) }
        guard let numbers = byAddress[text] else { return .nothing }
        return numbers.count == 1 ? .target(numbers[0]) : .ambiguous
    }
}
