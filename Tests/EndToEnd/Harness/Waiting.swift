import Foundation

/// A failure of the harness itself, as opposed to a failed expectation.
struct HarnessError: Error, CustomStringConvertible {
    let description: String
}

/// Asks `condition` every 20 ms until it answers with a value.
///
/// - Throws: `HarnessError` naming `what` when no value came in time, or what `condition` throws.
func eventually<Value>(
    _ what: String,
    within limit: Duration = .seconds(30),
    _ condition: () async throws -> Value?
) async throws -> Value {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
        if let value = try await condition() { return value }
        try await Task.sleep(for: .milliseconds(20))
    }
    throw HarnessError(description: "\(what): not within \(limit)")
}

/// Asks `condition` every 20 ms until it holds.
func wait(
    until what: String,
    within limit: Duration = .seconds(30),
    _ condition: () async throws -> Bool
) async throws {
    _ = try await eventually(what, within: limit) { try await condition() ? true : nil }
}

/// Runs blocking work on a thread of its own, so that it takes none of the few threads that run the tests.
func onThread<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread {
            continuation.resume(with: Result(catching: work))
        }
    }
}
