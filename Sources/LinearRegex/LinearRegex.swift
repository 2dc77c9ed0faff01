/// A regular expression that is matched in time proportional to the text, whatever the expression is.
///
/// Syntax and choice of the match are those of RE2, as Go's regexp has them; scripts (`\p{Greek}`) and `\C` are left out.
/// All ways to match are followed at once, so that no expression can keep a thread busy.
package struct LinearRegex: Sendable {
    /// Characters of a text; a longer one matches nothing.
    package static let longestText = 65_536

    package let text: String
    private let program: RegexProgram
    private let groupNames: [String?]

    /// With `isAnchored` the expression has to stand for the whole text.
    package init(_ text: String, isAnchored: Bool = false, dotMatchesLineFeed: Bool = false) throws(RegexError) {
        let (node, groupNames) = try RegexParser.parse(text, dotMatchesLineFeed: dotMatchesLineFeed)
        let whole = RegexNode.sequence([.assertion(.textStart), node, .assertion(.textEnd)])
        program = try RegexProgram(isAnchored ? whole : node, text: text, keepsGroups: true)
        self.groupNames = groupNames
        self.text = text
    }

    /// The number of the group with this name.
    package func number(of name: String) -> Int? { groupNames.firstIndex { $0 == name } }

    /// Whether it is found anywhere in a text.
    package func isFound(in text: String) -> Bool { firstMatch(in: text) != nil }

    /// The leftmost match, of several at the same place the one that the expression prefers.
    package func firstMatch(in text: String) -> RegexMatch? {
        let scalars = text.unicodeScalars.map(\.value)
        guard scalars.count <= Self.longestText else { return nil }
        var search = RegexSearch(program, slots: groupNames.count * 2, text: scalars)
        guard let slots = search.run() else { return nil }
        let groups = groupNames.indices.map { number -> String? in
            let (start, end) = (slots[number * 2], slots[number * 2 + 1])
            guard start >= 0, end >= start else { return nil }
            var found = String.UnicodeScalarView()
            found.append(contentsOf: scalars[start..<end].lazy.compactMap(Unicode.Scalar.init))
            return String(found)
        }
        return RegexMatch(groups: groups, names: groupNames)
    }
}

/// What a match found.
package struct RegexMatch: Sendable, Equatable {
    /// Texts by group, group 0 being the whole; nil where a group took no part.
    package let groups: [String?]
    let names: [String?]

    /// A template with `$1`, `${1}`, `$name`, `${name}` and `$$` replaced as Go's `Expand` does.
    package func expand(_ template: String) -> String {
        var result = ""
        var rest = Substring(template)
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[dollar...].dropFirst()
            if rest.first == "$" {
                result += "$"
                rest = rest.dropFirst()
                continue
            }
            let isBraced = rest.first == "{"
            let name = (isBraced ? rest.dropFirst() : rest).prefix { $0 == "_" || $0.isLetter || $0.isNumber }
            let after = rest.dropFirst(name.count + (isBraced ? 1 : 0))
            guard !name.isEmpty, !isBraced || after.first == "}" else {
                result += "$"
                continue
            }
            result += group(name) ?? ""
            rest = isBraced ? after.dropFirst() : after
        }
        return result + rest
    }

    private func group(_ name: Substring) -> String? {
        let number = Int(name) ?? names.firstIndex { $0.map { $0 == name } ?? false }
        return number.flatMap { groups.indices.contains($0) ? groups[$0] : nil }
    }
}
