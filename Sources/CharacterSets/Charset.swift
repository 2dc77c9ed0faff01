/// A character set that `text.decode` reads.
///
/// The list is closed on purpose: some of glibc's other converters have crashed on hostile input.
package struct Charset: Equatable {
    /// What glibc calls it.
    let iconvName: String
    /// Bytes of the smallest unit: what is skipped of an invalid sequence.
    let unit: Int
    /// Whether two bytes of 0x80 or more may be one character, so that an invalid pair is skipped as one.
    let hasPairs: Bool

    private init(_ iconvName: String, unit: Int = 1, hasPairs: Bool = false) {
        self.iconvName = iconvName
        self.unit = unit
        self.hasPairs = hasPairs
    }

    /// Finds a character set by one of its usual names; case, `-` and `_` make no difference.
    package init?(named name: String) {
        let key = String(decoding: name.utf8.lazy.filter { $0 != 0x2D && $0 != 0x5F }, as: UTF8.self).lowercased()
        guard let charset = Self.known[key] else { return nil }
        self = charset
    }

    package var isUTF8: Bool { iconvName == "UTF-8" }

    private static let known: [String: Charset] = {
        var known = singleByte
        for (names, charset) in japanese + otherAsian + unicode {
            for name in names { known[name] = charset }
        }
        return known
    }()

    /// With the vendors' characters (NEC, IBM): routers and Windows mean those when they say Shift_JIS or EUC-JP.
    private static let japanese: [([String], Charset)] = [
        (["shiftjis", "sjis", "cp932", "ms932", "windows31j"], Charset("CP932", hasPairs: true)),
        (["eucjp", "eucjpms", "cp51932"], Charset("EUC-JP-MS", hasPairs: true)),
        (["iso2022jp"], Charset("ISO-2022-JP")),
    ]

    private static let otherAsian: [([String], Charset)] = [
        (["big5"], Charset("BIG5", hasPairs: true)),
        (["euckr"], Charset("EUC-KR", hasPairs: true)),
        (["gb18030"], Charset("GB18030", hasPairs: true)),
        (["gbk", "gb2312", "cp936"], Charset("GBK", hasPairs: true)),
    ]

    /// UTF-16 and UTF-32 go by their byte order mark, and are little-endian without one.
    private static let unicode: [([String], Charset)] = [
        (["utf8"], Charset("UTF-8")),
        (["utf16"], Charset("UTF-16", unit: 2)),
        (["utf16be"], Charset("UTF-16BE", unit: 2)),
        (["utf16le"], Charset("UTF-16LE", unit: 2)),
        (["utf32"], Charset("UTF-32", unit: 4)),
        (["utf32be"], Charset("UTF-32BE", unit: 4)),
        (["utf32le"], Charset("UTF-32LE", unit: 4)),
    ]

    private static let singleByte: [String: Charset] = {
        var known = ["ascii": Charset("ASCII"), "usascii": Charset("ASCII"), "latin1": Charset("ISO-8859-1")]
        for part in 1...16 where part != 12 { known["iso8859\(part)"] = Charset("ISO-8859-\(part)") }
        for page in 1250...1258 {
            known["windows\(page)"] = Charset("CP\(page)")
            known["cp\(page)"] = Charset("CP\(page)")
        }
        for page in [437, 850, 852, 866] { known["cp\(page)"] = Charset("CP\(page)") }
        known["koi8r"] = Charset("KOI8-R")
        known["koi8u"] = Charset("KOI8-U")
        return known
    }()
}
