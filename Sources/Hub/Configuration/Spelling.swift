/// Finds the word that was probably meant.
enum Spelling {
    /// `, did you mean "word"?` for the nearest candidate, nothing when none is near.
    ///
    /// Near is at most one edit in three letters; of equally near words the first in the alphabet wins.
    static func suggestion(for word: String, in candidates: some Sequence<String>) -> String {
        let limit = max(1, word.count / 3)
        let ranked = candidates.map { (distance(word.lowercased(), $0.lowercased()), $0) }.min { $0 < $1 }
        guard let (distance, nearest) = ranked, distance <= limit else { return "" }
        return ", did you mean \"\(nearest)\"?"
    }

    /// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment distance).
    static func distance(_ first: String, _ second: String) -> Int {
        let (rows, columns) = (Array(first.unicodeScalars), Array(second.unicodeScalars))
        var beforePrevious: [Int] = []
        var previous = Array(0...columns.count)
        for row in rows.indices {
            var current = [row + 1]
            for column in columns.indices {
                let substitution = previous[column] + (rows[row] == columns[column] ? 0 : 1)
                var best = min(substitution, previous[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, rows[row] == columns[column - 1], rows[row - 1] == columns[column] {
                    best = min(best, beforePrevious[column - 1] + 1)
                }
                current.append(best)
            }
            (beforePrevious, previous) = (previous, current)
        }
        return previous[columns.count]
    }
}
