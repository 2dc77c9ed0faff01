import Testing

@testable import RemoteWrite

@Suite struct SampleBlockTests {
    private let samples = (0..<500).map { (number: Int64) -> SeriesSample in
        let bits = UInt64(number) &* 0x9E37_79B9_7F4A_7C15
        return SeriesSample(series: number * number % 97 - 20, timestamp: 1_700_000_000_000 + number % 7, bits: bits)
    }

    @Test func whatIsEncodedIsDecoded() {
        #expect(SampleBlock.decode(SampleBlock.encode(samples[...])) == samples)
        let extremes = [
            SeriesSample(series: .max, timestamp: .min, bits: .max),
            SeriesSample(series: .min, timestamp: .max, bits: 0),
        ]
        #expect(SampleBlock.decode(SampleBlock.encode(extremes[...])) == extremes)
    }

    @Test func anyChangedByteIsNoticed() {
        let good = SampleBlock.encode(samples[...])
        for place in good.indices {
            var bad = good
            bad[place] ^= 1 << UInt8(place % 8)
            #expect(SampleBlock.decode(bad) == nil, "byte \(place)")
        }
        for length in stride(from: 0, to: good.count, by: 7) {
            #expect(SampleBlock.decode(Array(good[..<length])) == nil)
        }
    }
}
