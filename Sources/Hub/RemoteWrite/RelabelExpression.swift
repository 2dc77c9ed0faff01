import Exposition
import RemoteWrite

/// A regular expression of a rule: RE2's syntax, whole texts, bounded work.
struct RelabelExpression: LabelExpression {
    private let groups: RegexGroups

    init(_ text: String) throws(RegexError) { groups = try RegexGroups(text) }

    func match(_ text: String) -> [Substring?]? { groups.match(text) }

    func group(named name: String) -> Int? { groups.number(of: name) }
}
