/// Undoes the hard wrap of a terminal of a known width.
///
/// RTX routers leave the last column free: with 80 columns a line is broken after 79. Others use it. The rule:
/// - Text with a line wider than the terminal was not wrapped, and stays as it is.
/// - A line is full when it has `columns` columns, if any line of the text has, or else `columns - 1`; or one less when the
///   next line starts with a character of two columns, which had no room.
/// - Only the line after a full one is joined to it; not when it is blank, nor when it starts with two blanks, since that
///   is an indented line and no word is torn; nor when the full line is a rule, as `-----`.
///
/// What cannot be told from a wrapped line is joined too: a line that happens to be exactly full.
struct LineJoiner {
    /// 0 for a terminal that does not wrap.
    let columns: Int
    let pairsAreWide: Bool

    func joined(_ lines: [[UInt8]]) -> [[UInt8]] {
        guard columns > 1, let full = fullWidth(lines) else { return lines }
        var result: [[UInt8]] = []
        result.reserveCapacity(lines.count)
        var isContinued = false
        for (index, line) in lines.enumerated() {
            if isContinued, !result.isEmpty {
                result[result.count - 1] += line
            } else {
                result.append(line)
            }
            let next = index + 1
            isContinued = next < lines.count && isWrapped(line, before: lines[next], full)
        }
        return result
    }

    /// Nil when the text was not wrapped.
    private func fullWidth(_ lines: [[UInt8]]) -> Int? {
        var full = columns - 1
        // A line has at least as many bytes as columns, but for tabs.
        for line in lines where line.count >= columns || line.contains(0x09) {
            let width = width(line)
            if width > columns { return nil }
            if width == columns { full = columns }
        }
        return full
    }

    private func isWrapped(_ line: [UInt8], before next: [UInt8], _ full: Int) -> Bool {
        guard line.count >= full - 1 || line.contains(0x09) else { return false }
        guard next.contains(where: { $0 != 0x20 }), !next.starts(with: [0x20, 0x20]) else { return false }
        guard line.contains(where: { $0 != line[0] }) else { return false }
        let width = width(line)
        return width == full || width == full - 1 && startsWide(next)
    }

    private func startsWide(_ line: [UInt8]) -> Bool {
        // Four bytes hold the first character of UTF-8.
        let first = String(decoding: line.prefix(4), as: UTF8.self).unicodeScalars.first
        return first.map { ColumnWidth.of($0, pairsAreWide: pairsAreWide) == 2 } ?? false
    }

    private func width(_ line: [UInt8]) -> Int { ColumnWidth.of(line, pairsAreWide: pairsAreWide) }
}
