import Exposition
import NIOCore
import Testing

@testable import Hub

@Suite struct PushStateTests {
    private func write(
        _ kind: PushWrite.Kind,
        _ group: String,
        _ text: String = "",
        at time: Double = 1,
        life: Double? = nil
    ) throws -> PushWrite {
        let key = try GroupingKey(path: "/metrics/job/\(group)")
        let body = try PushBody.parse(ByteBuffer(string: text), .init(), key, PushLimits())
        return PushWrite(kind: kind, key: key, body: body, time: time, timeToLive: life)
    }

    @Test func aWriteCanBeTakenBack() throws {
        var state = PushState(PushLimits())
        _ = state.apply(try write(.replace, "a", "x 1\ny 2\n"))
        let before = state.groups
        let (changes, refusal) = state.apply(try write(.update, "a", "# TYPE x gauge\nx 5\nz 1\n"))
        #expect(refusal == nil)
        #expect(state.sampleCount == 3)
        state.undo(changes)
        #expect(state.sampleCount == 2)
        #expect(
            state.groups.mapValues { $0.families.mapValues(\.number) }
                == before.mapValues { $0.families.mapValues(\.number) }
        )
        // The type of `x` is again what it was.
        #expect(state.apply(try write(.replace, "b", "# TYPE x gauge\nx 1\n")).refusal != nil)
        #expect(state.apply(try write(.replace, "c", "# TYPE z gauge\nz 1\n")).refusal == nil)
    }

    @Test func aRefusedPushLeavesOnlyItsTime() throws {
        var state = PushState(PushLimits())
        _ = state.apply(try write(.replace, "a", "x 1\n", at: 1))
        let (_, refusal) = state.apply(try write(.replace, "a", "x 1\nx 2\n", at: 2))
        #expect(refusal == .inconsistent("a metric was collected before with the same name and label values"))
        let group = try #require(state.groups.values.first)
        #expect(group.pushed == 1)
        #expect(group.failed == 2)
        #expect(group.sampleCount == 1)
    }

    @Test func theTypeOfANameIsFreeAgainWithItsLastGroup() throws {
        var state = PushState(PushLimits())
        _ = state.apply(try write(.replace, "a", "# TYPE x gauge\nx 1\n"))
        #expect(state.apply(try write(.replace, "b", "# TYPE x counter\nx 1\n")).refusal != nil)
        _ = state.apply(try write(.delete, "a"))
        #expect(state.apply(try write(.replace, "b", "# TYPE x counter\nx 1\n")).refusal == nil)
    }

    @Test func namesThatAHistogramWritesAreItsOwn() throws {
        let histogram = "# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n"
        var state = PushState(PushLimits())
        _ = state.apply(try write(.replace, "a", histogram))
        #expect(state.apply(try write(.replace, "b", "h_count 1\n")).refusal != nil)
        var other = PushState(PushLimits())
        _ = other.apply(try write(.replace, "a", "h_count 1\n"))
        #expect(other.apply(try write(.replace, "b", histogram)).refusal != nil)
    }

    @Test func groupsGoWhenTheirTimeIsOver() throws {
        var state = PushState(PushLimits())
        _ = state.apply(try write(.replace, "a", "x 1\n", at: 100, life: 10))
        _ = state.apply(try write(.replace, "b", "x 1\n", at: 100))
        _ = state.apply(PushWrite(kind: .expire, time: 109))
        #expect(state.groups.count == 2)
        _ = state.apply(PushWrite(kind: .expire, time: 110))
        #expect(state.groups.keys.map(\.job) == ["b"])
    }

    @Test func aPushToAGroupThatIsOverBeginsANewOne() throws {
        var state = PushState(PushLimits())
        _ = state.apply(try write(.replace, "a", "x 1\n", at: 100, life: 10))
        _ = state.apply(try write(.update, "a", "y 1\n", at: 200))
        #expect(state.groups.values.first?.families.keys.sorted() == ["y"])
    }

    /// Any order of writes leaves the counts that the groups add up to.
    @Test func theCountsAreThoseOfTheGroups() throws {
        var generator = SystemRandomNumberGenerator()
        var state = PushState(PushLimits())
        for time in 1...500 {
            let group = "g\(Int.random(in: 0..<5, using: &generator))"
            let names = (0..<Int.random(in: 0..<4, using: &generator)).map { _ in
                Int.random(in: 0..<6, using: &generator)
            }
            let text = Set(names).map { "m\($0){n=\"\(Int.random(in: 0..<3, using: &generator))\"} 1\n" }.joined()
            let kind: PushWrite.Kind = [.replace, .update, .delete].randomElement(using: &generator) ?? .replace
            let (changes, _) = state.apply(try write(kind, group, text, at: Double(time)))
            if Bool.random(using: &generator) { state.undo(changes) }
            #expect(state.sampleCount == state.groups.values.reduce(0) { $0 + $1.sampleCount })
            #expect(state.byteCount == state.groups.values.reduce(0) { $0 + $1.byteCount })
        }
        let copy = state.groups
        for group in copy.keys { _ = state.apply(PushWrite(kind: .delete, key: group, time: 1_000)) }
        #expect(state.sampleCount == 0)
        // Nothing is left that would refuse another type.
        let all = (0..<6).map { "# TYPE m\($0) gauge\nm\($0) 1\n" }.joined()
        #expect(state.apply(try write(.replace, "new", all)).refusal == nil)
    }
}
