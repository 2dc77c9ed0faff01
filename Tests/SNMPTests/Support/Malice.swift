@testable import SNMP

/// What an agent that means harm answers, at random.
struct Malice {
    private enum Way: CaseIterable {
        case honest, shuffled, repeated, endless, foreign, empty, otherRequest, error, flood, missing, otherKind, deep
    }

    private var generator: Generator
    /// The only thing that it does, if any.
    var onlyEndless = false

    init(seed: UInt64) { generator = Generator(seed: seed) }

    private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }

    /// Takes the place of an honest answer to `request`.
    mutating func spoil(_ answer: PDU, to request: PDU) -> PDU {
        let way = onlyEndless ? .endless : Way.allCases.randomElement(using: &generator) ?? .honest
        let asked = request.bindings.last?.name ?? ObjectIdentifier([1, 3])
        var answer = answer
        switch way {
        case .honest: break
        case .shuffled: answer.bindings.shuffle(using: &generator)
        case .repeated: answer.bindings = answer.bindings.flatMap { [$0, $0] } + request.bindings
        case .endless: answer.bindings = successors(of: asked, number(1...3))
        case .foreign:
            let root = ObjectIdentifier([1, 3, 6, 1, UInt32(number(0...20)), 1])
            answer.bindings = successors(of: root, number(1...30))
        case .empty: answer.bindings = []
        case .otherRequest: answer.requestID = answer.requestID &+ Int32(number(1...3))
        case .error:
            answer.status = [-1, 1, 2, 5, 16, 18, 19, .max, .min].randomElement(using: &generator) ?? 5
            answer.index = [-1, 0, 1, 2, 61, .max, .min].randomElement(using: &generator) ?? 0
            if number(0...1) == 0 { answer.bindings = [] }
        case .flood: answer.bindings = successors(of: asked, number(500...1500))
        case .missing:
            let values: [SNMPValue] = [.noSuchObject, .noSuchInstance, .endOfMibView, .null]
            let at = number(0...answer.bindings.count)
            let value = values.randomElement(using: &generator) ?? .null
            answer.bindings.insert(VariableBinding(asked, value), at: at)
        case .otherKind: answer.kind = [.report, .getBulk, .get].randomElement(using: &generator) ?? .report
        case .deep: answer.bindings = [VariableBinding(asked.appending([UInt32](repeating: .max, count: 100)), .null)]
        }
        return answer
    }

    /// Names behind one, deeper and deeper as long as that is possible.
    private func successors(of name: ObjectIdentifier, _ count: Int) -> [VariableBinding] {
        var components = name.components
        return (0..<count).map { _ in
            if components.count < ObjectIdentifier.longest {
                components.append(0)
            } else if let last = components.lastIndex(where: { $0 < .max }) {
                components[last] += 1
            }
            return VariableBinding(ObjectIdentifier(components), .integer(1))
        }
    }
}
