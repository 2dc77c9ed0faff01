import Synchronization

/// What one client counts, read from other threads.
package final class ClientMetrics: Sendable {
    /// How a scrape ended.
    package enum Result: String, Sendable, CaseIterable {
        case success
        /// The target could not be reached or did not answer in time.
        case failure
        case refused
    }

    package struct Snapshot: Sendable, Equatable {
        /// As in `pushprox_client_*_errors_total`.
        package var scrapeErrors = 0
        package var pushErrors = 0
        package var pollErrors = 0
        package var scrapes: [Result: Int] = [:]
        package var bodyBytes = 0
        package var polls = 0
        /// Polls that the relay holds.
        package var waitingPolls = 0
        package var scrapesInProgress = 0
        package var connections = 0
        package var isHTTP2 = false
        /// Empty while all is well.
        package var lastError = ""
    }

    /// The relay's URL.
    package let label: String
    /// The name that is polled for.
    package let name: String
    private let state = Mutex(Snapshot())

    package init(label: String, name: String) {
        self.label = label
        self.name = name
    }

    package var snapshot: Snapshot { state.withLock { $0 } }

    func update(_ change: (inout sending Snapshot) -> Void) { state.withLock { change(&$0) } }
}
