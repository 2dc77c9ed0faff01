import NIOCore
import Testing

@testable import Hub

/// What has come and was not taken yet.
@Suite struct InboxTests {
    @Test func aFullInboxAsksForMoreWhenThereIsRoom() {
        let inbox = StreamInbox()
        var rooms = 0
        inbox.onRoom = { rooms += 1 }
        inbox.append(ByteBuffer(repeating: 0, count: StreamInbox.idleLimit - 1))
        #expect(!inbox.isFull)
        inbox.append(ByteBuffer(repeating: 0, count: 2))
        #expect(inbox.isFull)
        #expect(inbox.take(1).count == 1)
        #expect(inbox.isFull)
        #expect(rooms == 0)
        #expect(inbox.take(1).count == 1)
        #expect(rooms == 1)
    }

    @Test func whoWantsMoreGetsMore() {
        let inbox = StreamInbox()
        var rooms = 0
        inbox.onRoom = { rooms += 1 }
        inbox.append(ByteBuffer(repeating: 0, count: StreamInbox.idleLimit))
        inbox.limit = StreamInbox.idleLimit + 1
        #expect(rooms == 1)
        #expect(!inbox.isFull)
        inbox.limit = StreamInbox.idleLimit
        #expect(inbox.isFull)
        #expect(rooms == 1)
    }

    @Test func linesAreFoundFromAPlaceOn() {
        let inbox = StreamInbox()
        inbox.append(ByteBuffer(string: "one\ntwo\nthree"))
        #expect(inbox.lineLength(from: 0) == 4)
        #expect(inbox.lineLength(from: 4) == 8)
        #expect(inbox.lineLength(from: 8) == nil)
        #expect(inbox.lineLength(from: 100) == nil)
        #expect(inbox.take(4) == Array("one\n".utf8))
        #expect(inbox.lineLength(from: 0) == 4)
        #expect(inbox.take(100) == Array("two\nthree".utf8))
        #expect(inbox.take(1) == [])
    }

    @Test func anEndIsToldOnce() {
        let inbox = StreamInbox()
        var changes = 0
        inbox.onChange = { changes += 1 }
        inbox.end("reset")
        inbox.end()
        #expect(inbox.isAtEnd)
        #expect(inbox.failure == "reset")
        #expect(changes == 1)
    }
}
