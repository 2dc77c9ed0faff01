/// What the owner of the connection has to do, in this order.
package enum TelnetAction: Equatable, Sendable {
    /// Write these bytes.
    case send([UInt8], Content)
    /// Call `quiet()` once nothing has been received for `TelnetSession.quietPeriod`; drop that timer when something is.
    case awaitQuiet
    /// The session accepts commands; the text stood between the login and the first prompt.
    case loggedIn(banner: String)
    /// The answer to the command: UTF-8, each line ended by LF.
    case output(String)
    /// The session has ended by this; `close` follows.
    case failed(TelnetError)
    /// Close the connection.
    case close

    /// What is being sent, for a transcript.
    package enum Content: Equatable, Sendable {
        case negotiation
        case text
        /// A password: to be shown as `<secret>`.
        case secret
    }
}
