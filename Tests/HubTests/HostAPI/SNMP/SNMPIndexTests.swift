import Testing

@testable import Hub

/// The index of a row taken apart (RFC 2578 §7.7).
@Suite struct SNMPIndexTests {
    private func parts(_ numbers: [UInt32], _ kinds: SNMPIndexReader.Kind...) -> [SNMPIndexReader.Part]? {
        SNMPIndexReader.parts(of: numbers, kinds)
    }

    private func text(_ text: String) -> SNMPIndexReader.Part { .bytes(Array(text.utf8)) }

    @Test func everyKindTakesItsNumbers() {
        #expect(parts([3, 4_294_967_295], .integer, .integer) == [.integer(3), .integer(4_294_967_295)])
        #expect(parts([7, 192, 0, 2, 9], .integer, .ip) == [.integer(7), text("192.0.2.9")])
        #expect(parts([0, 160, 222, 1, 2, 255, 9], .mac, .integer) == [text("00:a0:de:01:02:ff"), .integer(9)])
        #expect(parts([4, 101, 116, 104, 48, 1], .string, .integer) == [text("eth0"), .integer(1)])
        #expect(parts([101, 116, 104, 48], .rest) == [text("eth0")])
        #expect(parts([3, 1, 3, 6, 5], .oid, .integer) == [text("1.3.6"), .integer(5)])
        #expect(parts([1, 4, 192, 0, 2, 9], .inet) == [text("192.0.2.9")])
        #expect(parts([2, 16] + [UInt32](repeating: 0, count: 15) + [1], .inet) == [text("::1")])
        #expect(parts([16, 2, 97, 98], .inet) == [text("ab")])
        #expect(parts([0], .string) == [text("")])
        #expect(parts([], .rest) == [text("")])
    }

    @Test func anIndexOfAnotherFormHasNoParts() {
        #expect(parts([], .integer) == nil)
        #expect(parts([1, 2], .integer) == nil)
        #expect(parts([192, 0, 2], .ip) == nil)
        #expect(parts([192, 0, 2, 256], .ip) == nil)
        #expect(parts([5, 101], .string) == nil)
        #expect(parts([1, 256], .string) == nil)
        #expect(parts([4_294_967_295, 1], .oid) == nil)
        #expect(parts([1, 5, 1, 1, 1, 1, 1], .inet) == nil)
        #expect(parts([1], .inet) == nil)
    }
}
