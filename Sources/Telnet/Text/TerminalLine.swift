/// One line as a terminal would show it.
enum TerminalLine {
    /// The line without control characters; a CR or backspace inside lets what follows overwrite (UTF-8).
    ///
    /// Tabs stay, CRs at the end are part of the line end.
    static func rendered(_ line: ArraySlice<UInt8>) -> [UInt8] {
        var line = line
        while line.last == 0x0D { line.removeLast() }
        guard line.contains(where: isControl) else { return Array(line) }
        let moves = line.contains { $0 == 0x0D || $0 == 0x08 }
        guard moves else { return line.filter { !isControl($0) } }
        return overwritten(line)
    }

    private static func isControl(_ byte: UInt8) -> Bool { byte < 0x20 && byte != 0x09 || byte == 0x7F }

    /// A wide character takes two cells, the second of which is nil.
    private static func overwritten(_ line: ArraySlice<UInt8>) -> [UInt8] {
        var cells: [Unicode.Scalar?] = []
        var column = 0
        for scalar in String(decoding: line, as: UTF8.self).unicodeScalars {
            switch scalar {
            case "\r": column = 0
            case "\u{8}": column = max(0, column - 1)
            case _ where scalar != "\t" && (scalar.value < 0x20 || scalar.value == 0x7F): break
            default:
                let width = max(1, ColumnWidth.of(scalar, pairsAreWide: false))
                while cells.count < column + width { cells.append(nil) }
                cells[column] = scalar
                if width == 2 { cells[column + 1] = nil }
                column += width
            }
        }
        // What is left of a longer text that was wiped out.
        while cells.count > column, cells.last == " " { cells.removeLast() }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: cells.lazy.compactMap(\.self))
        return Array(String(text).utf8)
    }
}
