import Testing

@testable import Hub

@Suite struct RunQueueTests {
    /// A queue behind a reference, so that expectations may call what changes it.
    private final class Queue {
        private var queue: RunQueue

        init(limit: Int) { queue = RunQueue(limit: limit) }

        var runningCount: Int { queue.runningCount }
        var waitingCount: Int { queue.waitingCount }

        func append(_ key: RunKey, isDoubtful: Bool) { queue.append(key, isDoubtful: isDoubtful) }
        func withdraw(_ key: RunKey) { queue.withdraw(key) }
        func ended(_ key: RunKey) { queue.ended(key) }
        func releaseRunning() { queue.releaseRunning() }

        /// The targets of the runs that begin now.
        func drain() -> [Int] {
            var begun: [Int] = []
            while let key = queue.next() { begun.append(key.target) }
            return begun
        }
    }

    private func key(_ target: Int) -> RunKey { RunKey(target: target, run: 1) }

    @Test func runsBeginInTheirOrderWhileThereIsRoom() {
        let queue = Queue(limit: 2)
        for target in 1...4 { queue.append(key(target), isDoubtful: false) }
        #expect(queue.drain() == [1, 2])
        #expect(queue.runningCount == 2 && queue.waitingCount == 2)
        queue.ended(key(1))
        #expect(queue.drain() == [3])
        queue.ended(key(2))
        queue.ended(key(3))
        #expect(queue.drain() == [4])
        #expect(queue.waitingCount == 0)
    }

    @Test func doubtfulRunsTakeHalfOfTheRoom() {
        let queue = Queue(limit: 4)
        for target in 1...5 { queue.append(key(target), isDoubtful: true) }
        #expect(queue.drain() == [1, 2])
        for target in 11...13 { queue.append(key(target), isDoubtful: false) }
        #expect(queue.drain() == [11, 12])
        queue.ended(key(11))
        #expect(queue.drain() == [13])
        queue.ended(key(12))
        #expect(queue.drain() == [])
        queue.ended(key(1))
        #expect(queue.drain() == [3])
    }

    @Test func bothKindsTakeTurnsByTheirOrder() {
        let queue = Queue(limit: 1)
        for target in 1...4 { queue.append(key(target), isDoubtful: target.isMultiple(of: 2)) }
        for target in 1...4 {
            #expect(queue.drain() == [target])
            queue.ended(key(target))
        }
    }

    @Test func aRunThatIsWithdrawnDoesNotBegin() {
        let queue = Queue(limit: 1)
        for target in 1...4 { queue.append(key(target), isDoubtful: false) }
        #expect(queue.drain() == [1])
        queue.withdraw(key(2))
        queue.withdraw(key(4))
        queue.ended(key(1))
        #expect(queue.drain() == [3])
        queue.ended(key(3))
        #expect(queue.drain() == [])
        #expect(queue.runningCount == 0 && queue.waitingCount == 0)
    }

    @Test func anEndThatIsUnknownOrComesTwiceMakesNoRoom() {
        let queue = Queue(limit: 1)
        queue.append(key(1), isDoubtful: true)
        queue.append(key(2), isDoubtful: true)
        #expect(queue.drain() == [1])
        queue.ended(key(7))
        queue.ended(key(2))
        #expect(queue.drain() == [])
        queue.ended(key(1))
        queue.ended(key(1))
        #expect(queue.drain() == [2])
        #expect(queue.runningCount == 1)
    }

    @Test func runsThatAreReleasedTakeNoRoom() {
        let queue = Queue(limit: 1)
        queue.append(key(1), isDoubtful: true)
        queue.append(key(2), isDoubtful: true)
        #expect(queue.drain() == [1])
        queue.releaseRunning()
        #expect(queue.drain() == [2])
        queue.ended(key(1))
        #expect(queue.runningCount == 1)
    }
}
