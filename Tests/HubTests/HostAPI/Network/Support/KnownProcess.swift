import Foundation

@testable import Hub

extension Process {
    /// Starts it as one of the hub's own programs: it is not to be taken for what a plugin's program has left.
    func runAsKnown() throws {
        Orphans.willStart()
        do {
            try run()
            Orphans.didStart(processIdentifier)
        } catch {
            Orphans.didStart(nil)
            throw error
        }
    }

    /// To be called when it has ended.
    func forget() { Orphans.didEnd(processIdentifier) }
}
