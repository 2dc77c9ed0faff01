package import CharacterSets

/// How what a peer sends is decoded.
package enum CharsetChoice: Sendable {
    /// ASCII, UTF-8, EUC-JP or Shift_JIS, found out by what comes.
    case automatic
    case fixed(Charset)

    /// Knows `auto`, `ascii`, `shift_jis`, `euc-jp` and `utf-8` with their usual other names.
    ///
    /// Other character sets are refused, since a prompt could not be found in them byte by byte.
    package init?(named name: String) {
        if name == "auto" {
            self = .automatic
            return
        }
        let allowed = ["ascii", "shift_jis", "euc-jp", "utf-8"].lazy.compactMap { Charset(named: $0) }
        guard let charset = Charset(named: name), allowed.contains(charset) else { return nil }
        self = .fixed(charset)
    }
}
