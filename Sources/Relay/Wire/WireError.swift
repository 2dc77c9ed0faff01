/// Why a message inside a poll's answer or a push cannot be used.
package enum WireError: Error, Equatable, CustomStringConvertible {
    case headTooLarge(limit: Int)
    case malformed(String)
    /// The bytes ended before the message did.
    case truncated

    package var description: String {
        switch self {
        case .headTooLarge(let limit): "message head has more than \(limit) bytes"
        case .malformed(let rule): rule
        case .truncated: "unexpected end of the message"
        }
    }
}
