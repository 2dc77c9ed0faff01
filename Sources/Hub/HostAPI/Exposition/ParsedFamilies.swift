import Exposition

/// The families of one text of a run.
struct ParsedFamilies: Sendable {
    /// What the text is called: its URL, its file.
    let source: String
    let families: [FamilyBlock]
}

extension [ParsedFamilies] {
    /// By source, so that it does not matter which of several came first; those of one source in their order.
    var inOrder: [ParsedFamilies] {
        enumerated().sorted { first, second in
            let (left, right) = (first.element.source, second.element.source)
            return left == right ? first.offset < second.offset : left.utf8.lexicographicallyPrecedes(right.utf8)
        }.map(\.element)
    }
}

extension CollectRun {
    /// What the texts of this run have against each other, and against the plugin's own families, which go first.
    func conflicts(plugin: String) -> [MergeConflict] {
        let own = Contribution(source: plugin, families: blocks, comesFirst: true)
        // Texts of one name are one source.
        var contributions = [own]
        for text in parsed.inOrder {
            if contributions.count > 1, contributions[contributions.count - 1].source == text.source {
                contributions[contributions.count - 1].families += text.families
            } else {
                contributions.append(Contribution(source: text.source, families: text.families))
            }
        }
        return merge(contributions).conflicts
    }
}
