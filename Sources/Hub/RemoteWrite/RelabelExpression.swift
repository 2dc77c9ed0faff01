import LinearRegex
import RemoteWrite

/// A regular expression of a rule: it stands for whole texts, and a dot for line feeds too, as in Prometheus 3.
struct RelabelExpression: LabelExpression {
    private let regex: LinearRegex

    init(_ text: String) throws(RegexError) {
        regex = try LinearRegex(text, isAnchored: true, dotMatchesLineFeed: true)
    }

    func match(_ text: String) -> [Substring?]? { regex.firstMatch(in: text)?.groups.map { $0.map { $0[...] } } }

    func group(named name: String) -> Int? { regex.number(of: name) }
}
