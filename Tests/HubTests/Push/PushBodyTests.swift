import CSnappy
import Exposition
import NIOCore
import Testing

@testable import Hub

@Suite struct PushBodyTests {
    private func parse(_ bytes: [UInt8], _ type: String? = nil, _ coding: String? = nil) throws -> PushBody {
        let key = try GroupingKey(path: "/metrics/job/a/zone/z")
        let encoding = PushBody.Encoding(contentType: type, contentCoding: coding)
        return try PushBody.parse(ByteBuffer(bytes: bytes), encoding, key, PushLimits())
    }

    private func text(_ body: PushBody) -> String {
        let merged = merge([Contribution(source: "push", families: body.families)])
        return String(decoding: encode(merged, as: ExpositionFormat(.text1, escaping: .allowUTF8)), as: UTF8.self)
    }

    @Test func theGroupsLabelsGoOverTheSamples() throws {
        let body = try parse(Array("x{zone=\"own\",job=\"other\",a=\"1\"} 5\n".utf8))
        #expect(text(body) == "# TYPE x untyped\nx{a=\"1\",instance=\"\",job=\"a\",zone=\"z\"} 5\n")
        #expect(text(try parse(Array("x{instance=\"own\"} 5\n".utf8))).contains("instance=\"own\""))
    }

    @Test func openMetricsIsReadAsSuch() throws {
        let text = "# TYPE c counter\nc_total 5\n# TYPE i info\ni_info{v=\"1\"} 1\n# EOF\n"
        let body = try parse(Array(text.utf8), "application/openmetrics-text; version=1.0.0; charset=utf-8")
        #expect(body.families.map(\.descriptor.name) == ["c_total", "i_info"])
        #expect(body.families.map(\.descriptor.kind) == [.counter, .info])
        #expect(throws: PushBody.Failure.self) {
            try parse(Array("c_total 5\n".utf8), "application/openmetrics-text; version=1.0.0")
        }
    }

    /// A stream of the framing format: its identifier, a compressed chunk and one that is not.
    @Test func framedSnappyIsUndone() throws {
        let content = Array("x 5\n".utf8)
        var length = snappy_max_compressed_length(content.count)
        var packed = [CChar](repeating: 0, count: length)
        _ = content.withUnsafeBytes { bytes in
            snappy_compress(bytes.bindMemory(to: CChar.self).baseAddress, content.count, &packed, &length)
        }
        func chunk(_ kind: UInt8, _ bytes: [UInt8]) -> [UInt8] {
            [kind, UInt8(bytes.count & 0xff), UInt8(bytes.count >> 8), 0] + bytes
        }
        func sum(_ bytes: [UInt8]) -> [UInt8] {
            withUnsafeBytes(of: CRC32C.masked(bytes[...]).littleEndian) { Array($0) }
        }
        let identifier = chunk(0xff, Array("sNaPpY".utf8))
        let compressed = chunk(0, sum(content) + packed[..<length].map { UInt8(bitPattern: $0) })
        let plain = chunk(1, sum(Array("y 6\n".utf8)) + Array("y 6\n".utf8))
        let body = try parse(identifier + compressed + chunk(0xfe, [0, 0]) + plain, nil, "snappy")
        #expect(body.families.map(\.descriptor.name) == ["x", "y"])
        for broken in [
            compressed, identifier + chunk(2, []), identifier + chunk(1, [0, 0, 0, 0] + content),
            Array(identifier.dropLast()),
            identifier + compressed.dropLast(),
        ] {
            #expect(throws: PushBody.Failure.malformed("snappy: corrupt input")) { try parse(broken, nil, "snappy") }
        }
    }

    /// RFC 3720, appendix B.4.
    @Test func theSumIsCastagnolis() {
        #expect(CRC32C.sum([UInt8](repeating: 0, count: 32)[...]) == 0x8a91_36aa)
        #expect(CRC32C.sum([UInt8](repeating: 0xff, count: 32)[...]) == 0x62a8_ab43)
        #expect(CRC32C.sum(Array(0..<32)[...]) == 0x46dd_794e)
    }

    @Test func whatIsStoredIsReadBackAsItWas() throws {
        let text = """
            # HELP h A "help" with \\\\ and \\n in it.
            # TYPE h histogram
            h_bucket{le="0.5"} 1
            h_bucket{le="+Inf"} 2
            h_sum 3.5
            h_count 2
            # TYPE s summary
            s{quantile="0.5"} NaN
            s_sum -0
            s_count 0
            # TYPE c counter
            c{x="a\\"b\\\\c\\nd"} 1e300
            {"utf.8","label.x"="y"} 5

            """
        let key = try GroupingKey(path: "/metrics/job/a")
        let body = try parse(Array(text.utf8))
        let file = try TemporaryTree()
        let path = file.path("pushes.db")
        var group = PushGroup(key: key, pushed: 5.25, expires: 9.5)
        for block in body.families { group.families[block.descriptor.name] = .init(block: block, time: 5, number: 1) }
        try PushDatabase(path: path).store([.init(key: key, before: nil, after: group)])
        var loaded: [PushGroup] = []
        let broken = try PushDatabase(path: path).load {
            loaded.append($0)
        } number: {
            1
        }
        #expect(broken == 0)
        let back = try #require(loaded.first)
        #expect(back.key == key)
        #expect(back.pushed == 5.25 && back.failed == 0 && back.expires == 9.5)
        #expect(self.text(PushBody(families: back.families.values.map(\.block))) == self.text(body))
    }
}
