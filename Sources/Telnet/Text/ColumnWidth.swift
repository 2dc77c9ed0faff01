/// How many columns of a terminal text takes (Unicode Standard Annex #11).
enum ColumnWidth {
    private static let tabStop = 8

    /// The columns of a line in UTF-8.
    ///
    /// `pairsAreWide` is how devices count whose character set has two bytes for a character: everything that is neither
    /// ASCII nor half-width katakana takes two, also where the annex says *ambiguous*.
    static func of(_ line: [UInt8], pairsAreWide: Bool) -> Int {
        if line.allSatisfy({ (0x20..<0x80).contains($0) }) { return line.count }
        return String(decoding: line, as: UTF8.self).unicodeScalars.reduce(0) { column, scalar in
            if scalar == "\t" { return (column / tabStop + 1) * tabStop }
            return column + of(scalar, pairsAreWide: pairsAreWide)
        }
    }

    static func of(_ scalar: Unicode.Scalar, pairsAreWide: Bool) -> Int {
        let value = scalar.value
        if value < 0x80 { return 1 }
        if (0xFF61...0xFF9F).contains(value) { return 1 }
        if pairsAreWide { return 2 }
        if (0x300...0x36F).contains(value) || (0x200B...0x200D).contains(value) { return 0 }
        if value == 0x3099 || value == 0x309A || (0xFE00...0xFE0F).contains(value) { return 0 }
        return wide.contains { $0.contains(value) } ? 2 : 1
    }

    /// EastAsianWidth.txt, classes W and F, with unassigned gaps inside a block closed.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
        0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF,
        0x20000...0x3FFFD,
    ]
}
