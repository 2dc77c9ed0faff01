import Testing

@testable import Hub

@Suite struct MailboxTests {
    private func part(_ target: String, at time: Double) -> CollectedPart {
        CollectedPart(plugin: "p", target: target, families: [], isSuccess: true, time: time)
    }

    @Test func runsOfOneTargetKeepTheirOrder() {
        let mailbox = RunMailbox()
        for (target, time) in [("a", 1.0), ("b", 2), ("a", 3), ("a", 4), ("b", 5)] {
            mailbox.runEnded(part(target, at: time))
        }
        let times = mailbox.empty().turns.map { turn in turn.values.map { $0.time }.sorted() }
        #expect(times == [[1, 2], [3, 5], [4]])
        #expect(mailbox.empty().isEmpty)
    }

    @Test func ofManyRunsTheLastIsKept() throws {
        let mailbox = RunMailbox()
        for time in 1...100 { mailbox.runEnded(part("a", at: Double(time))) }
        let turns = mailbox.empty().turns
        #expect(turns.count == RunMailbox.depth)
        #expect(turns.last?.values.first?.time == 100)
    }

    @Test func aPluginThatIsRemovedLeavesNothing() {
        let mailbox = RunMailbox()
        mailbox.runEnded(part("a", at: 1))
        mailbox.pluginRemoved("p")
        let content = mailbox.empty()
        #expect(content.removed == ["p"])
        #expect(content.turns.allSatisfy { $0.isEmpty })
    }
}
