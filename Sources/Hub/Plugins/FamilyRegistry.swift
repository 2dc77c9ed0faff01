import Exposition

/// Why a family cannot be declared.
enum DeclarationError: Error {
    case invalid([String])
    case changed(name: String)
    case duplicate(name: String)
    case tooMany(limit: Int)
    case tooLong(limit: Int)

    var text: String {
        switch self {
        case .invalid(let problems): problems.joined(separator: "; ")
        case .changed(let name): "family \"\(name)\" was declared with another type, help or label names"
        case .duplicate(let name): "family \"\(name)\" is declared twice"
        case .tooMany(let limit): "more than \(limit) families"
        case .tooLong(let limit): "names and help of all families are longer than \(limit) bytes"
        }
    }
}

/// The families of one plugin, and where each target's label values go.
struct FamilyRegistry {
    /// Families of one plugin.
    static let limit = 10_000
    /// Variable labels of one family.
    static let labelLimit = 64
    /// Bytes of names, help and label names of one plugin, which its state's memory does not count.
    static let textLimit = 1 << 20

    struct Family {
        let descriptor: FamilyDescriptor
        let labelNames: [String]
        /// One for each target, made when the target first emits.
        fileprivate(set) var layouts: [LabelLayout?]
    }

    private(set) var families: [Family] = []
    /// The families' indices in the order of their names, in which the merge wants them.
    private(set) var byName: [Int] = []
    private var indices: [String: Int] = [:]
    private var textSize = 0
    var naming = NamingRules.strict
    /// The labels that every sample of a target has.
    var targetLabels: [[(name: String, value: String)]] = [[]]

    /// Adds a family, or finds the one of that name when it is the same and may be asked for again.
    mutating func declare(
        _ descriptor: FamilyDescriptor,
        labelNames: [String],
        again: Bool
    ) throws(DeclarationError) -> Int {
        if let index = indices[descriptor.name] {
            guard again else { throw .duplicate(name: descriptor.name) }
            let known = families[index]
            guard known.descriptor == descriptor, known.labelNames == labelNames else {
                throw .changed(name: descriptor.name)
            }
            return index
        }
        guard families.count < Self.limit else { throw .tooMany(limit: Self.limit) }
        guard labelNames.count <= Self.labelLimit else { throw .invalid(["more than \(Self.labelLimit) labels"]) }
        let size = labelNames.reduce(descriptor.name.utf8.count + descriptor.help.utf8.count) { $0 + $1.utf8.count }
        guard textSize + size <= Self.textLimit else { throw .tooLong(limit: Self.textLimit) }
        var problems = descriptor.problems(labelNames: labelNames, naming: naming)
        if descriptor.name.hasPrefix("hub_") { problems.append("names that begin with hub_ are the hub's own") }
        let constants = Set(targetLabels.flatMap { $0.map(\.name) })
        for name in labelNames where constants.contains(name) {
            problems.append("label \"\(name)\" is set by the configuration of a target")
        }
        guard problems.isEmpty else { throw .invalid(problems) }
        textSize += size
        indices[descriptor.name] = families.count
        families.append(Family(descriptor: descriptor, labelNames: labelNames, layouts: []))
        byName.insert(families.count - 1, at: place(of: descriptor.name))
        return families.count - 1
    }

    /// Where a name belongs in `byName`, in the order of its bytes; a script may declare thousands.
    private func place(of name: String) -> Int {
        var (low, high) = (0, byName.count)
        while low < high {
            let middle = (low + high) / 2
            let other = families[byName[middle]].descriptor.name
            if other.utf8.lexicographicallyPrecedes(name.utf8) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The layout of a family's labels for one target.
    mutating func layout(_ index: Int, target: Int) throws(DeclarationError) -> LabelLayout {
        if target < families[index].layouts.count, let layout = families[index].layouts[target] { return layout }
        let constants = target < targetLabels.count ? targetLabels[target] : []
        do {
            let layout = try LabelLayout(names: families[index].labelNames, constants: constants)
            while families[index].layouts.count <= target { families[index].layouts.append(nil) }
            families[index].layouts[target] = layout
            return layout
        } catch {
            throw .invalid([error.description])
        }
    }
}
