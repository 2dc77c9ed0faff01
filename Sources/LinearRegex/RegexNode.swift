/// A regular expression taken apart.
package indirect enum RegexNode: Sendable, Equatable {
    /// A place, and what has to hold there.
    package enum Assertion: Sendable, Equatable {
        case textStart
        case textEnd
        case lineStart
        case lineEnd
        case wordBoundary
        case noWordBoundary
    }

    case empty
    case scalar(UInt32, ignoresCase: Bool)
    case set(ScalarSet)
    case sequence([RegexNode])
    case alternatives([RegexNode])
    /// `most` is nil where there is no bound; a lazy one takes as little as it can.
    case repetition(RegexNode, least: Int, most: Int?, isLazy: Bool)
    /// What is found in it is kept under its number, the first being 1.
    case group(RegexNode, number: Int)
    case assertion(Assertion)

    /// Any scalar; with `(?-s)` any but a line feed.
    static func any(_ matchesLineFeed: Bool) -> RegexNode {
        .set(ScalarSet(ranges: matchesLineFeed ? [] : [0x0a...0x0a], isNegated: true))
    }

    /// The texts that the expression stands for when it is nothing but literals and `|`; at most `limit`.
    package func literals(limit: Int) -> [String]? {
        switch self {
        case .group(let inner, _): return inner.literals(limit: limit)
        case .alternatives(let nodes):
            guard nodes.count <= limit else { return nil }
            var texts: [String] = []
            for node in nodes {
                guard let text = node.literal else { return nil }
                texts.append(text)
            }
            return texts
        default: return literal.map { [$0] }
        }
    }

    private var literal: String? {
        switch self {
        case .empty: return ""
        case .group(let inner, _): return inner.literal
        case .scalar(let value, ignoresCase: false): return Unicode.Scalar(value).map { String($0) }
        case .sequence(let nodes):
            var text = ""
            for node in nodes {
                guard case .scalar(let value, ignoresCase: false) = node, let scalar = Unicode.Scalar(value) else {
                    return nil
                }
                text.unicodeScalars.append(scalar)
            }
            return text
        default: return nil
        }
    }
}

/// Why a text is no regular expression; the words are those of Go's regexp/syntax.
package struct RegexError: Error, Equatable, CustomStringConvertible {
    package let reason: String
    /// The part of the expression that is wrong.
    package let fragment: String

    package var description: String { "error parsing regexp: \(reason): `\(fragment)`" }
}
