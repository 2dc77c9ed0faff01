import HummingbirdCore
import NIOCore
import Synchronization

/// Memory that bodies of requests may take together while they are received and worked on.
final class BodyBudget: Sendable {
    /// Bytes.
    let limit: Int
    private let used = Mutex(0)

    init(limit: Int) { self.limit = limit }

    var bytesInUse: Int { used.withLock { $0 } }

    /// Takes bytes from the budget; false when there are not as many left.
    func take(_ count: Int) -> Bool {
        used.withLock { used in
            guard used + count <= limit else { return false }
            used += count
            return true
        }
    }

    func give(back count: Int) { used.withLock { $0 -= count } }
}

/// A request's body with its share of the budget, which it gives back when nobody holds it any more.
final class RequestBody: Sendable {
    let bytes: ByteBuffer
    private let budget: BodyBudget
    private let share: Mutex<Int>

    private init(_ bytes: ByteBuffer, _ budget: BodyBudget, share: Int) {
        self.bytes = bytes
        self.budget = budget
        self.share = Mutex(share)
    }

    deinit { budget.give(back: share.withLock { $0 }) }

    /// Takes room for what the body becomes, as long as the body is held; false when there is none.
    func grow(by count: Int) -> Bool {
        guard budget.take(count) else { return false }
        share.withLock { $0 += count }
        return true
    }

    /// Receives a body; nil when there is no room for it now.
    ///
    /// The connection's handler has a limit for it, and a time. Throws when the connection is cut.
    @concurrent
    static func collect(_ body: HummingbirdCore.RequestBody, _ budget: BodyBudget) async throws -> RequestBody? {
        var bytes = ByteBuffer()
        var share = 0
        do {
            for try await part in body {
                guard budget.take(part.readableBytes) else {
                    budget.give(back: share)
                    return nil
                }
                share += part.readableBytes
                bytes.writeImmutableBuffer(part)
            }
        } catch {
            budget.give(back: share)
            throw error
        }
        return RequestBody(bytes, budget, share: share)
    }
}
