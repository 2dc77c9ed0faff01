import NIOCore
import Testing

@testable import Hub

@Suite struct ContentCodingTests {
    @Test(
        arguments: [
            ("gzip", true), ("deflate, gzip;q=1.0, *;q=0.5", true), ("GZIP", true), ("*", true), ("x-gzip", true),
            ("gzip; q=0.5 , identity; q=0.4", true), (nil, false), ("", false), ("identity", false), ("br", false),
            ("gzip;q=0", false), ("*;q=0", false), ("*, gzip;q=0", false), ("gzip;q=0.3, identity;q=0.8", false),
            ("gzip;q=much", false),
        ] as [(String?, Bool)]
    )
    func gzipIsUsedOnlyWhereAskedFor(header: String?, isAccepted: Bool) {
        #expect(ContentCoding.acceptsGzip(header) == isAccepted)
    }

    @Test func theSameStateCompressesAgainAndAgain() throws {
        let compressor = SharedCompressor()
        let body = ByteBuffer(string: String(repeating: "node_load1 0.5\n", count: 500))
        let first = try #require(compressor.compress(body))
        #expect(compressor.compress(ByteBuffer(string: "other")) != nil)
        #expect(compressor.compress(body) == first)
        #expect(first.readableBytes < body.readableBytes / 10)
    }
}
