/// What a pager shows at the end of a page, in the bytes of every character set.
///
/// Seen on RTX routers: `---つづく---` and `---more---`; the others are what telnet servers of other makers and later
/// firmware show. All bytes of `-` are ASCII: 0x2D is never the second byte of a Japanese character.
struct PagerMarker: Sendable {
    let bytes: [UInt8]
    /// Blanks that cover it.
    let columns: Int
    let dashes: Int

    private init(_ word: [UInt8], columns: Int, dashes: Int) {
        let run = [UInt8](repeating: UInt8(ascii: "-"), count: dashes)
        bytes = run + word + run
        self.columns = columns + 2 * dashes
        self.dashes = dashes
    }

    private init(_ word: String, dashes: Int) {
        self.init(Array(word.utf8), columns: word.utf8.count, dashes: dashes)
    }

    /// Both character sets have つ, づ and く two bytes long.
    static let all: [PagerMarker] = [
        PagerMarker([0x82, 0xC2, 0x82, 0xC3, 0x82, 0xAD], columns: 6, dashes: 3),
        PagerMarker([0xA4, 0xC4, 0xA4, 0xC5, 0xA4, 0xAF], columns: 6, dashes: 3),
        PagerMarker(Array("つづく".utf8), columns: 6, dashes: 3),
        PagerMarker("more", dashes: 3),
        PagerMarker("More", dashes: 3),
        PagerMarker(" more ", dashes: 3),
        PagerMarker(" More ", dashes: 3),
        PagerMarker("more", dashes: 2),
        PagerMarker("More", dashes: 2),
        PagerMarker(" more ", dashes: 2),
        PagerMarker(" More ", dashes: 2),
    ]

    static let longest = all.map(\.bytes.count).max() ?? 0
}
