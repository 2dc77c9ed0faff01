import Foundation
import Testing

/// What is ours against stock Lua.
@Suite struct FuzzTests {
    @Test(arguments: FuzzCases.all, 1...25)
    func resultsAreThoseOfLua(cases: FuzzCases, seed: Int) throws {
        try cases.compare(seed: seed)
    }

    /// A run for as many seconds as FUZZ_SECONDS says, from a seed by chance or from FUZZ_SEED on.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["FUZZ_SECONDS"] != nil), arguments: FuzzCases.all)
    func resultsAreThoseOfLuaForLong(cases: FuzzCases) throws {
        let environment = ProcessInfo.processInfo.environment
        let seconds = environment["FUZZ_SECONDS"].flatMap { Int($0) } ?? 0
        let first = environment["FUZZ_SEED"].flatMap { Int($0) } ?? .random(in: 1000..<1 << 40)
        print("\(cases.name): from FUZZ_SEED=\(first) on")
        let end = ContinuousClock.now + .seconds(seconds)
        var seed = first
        repeat {
            try cases.compare(seed: seed)
            seed += 1
        } while ContinuousClock.now < end
        print("\(cases.name): \(seed - first) seeds of \(FuzzCases.count) cases")
    }
}
