/// Why a pattern could not be matched.
///
/// The texts are those of lstrlib.c.
enum PatternError: Error, Equatable {
    case tooComplex
    case endsWithEscape
    case missingBracket
    case missingBalanceArguments
    case missingFrontierSet
    case tooManyCaptures
    case invalidCapture
    /// A back-reference to a capture that is not there or still open, counted from 1.
    case invalidCaptureIndex(Int)
    /// The run has to end; its trip is set.
    case stopped

    var message: String {
        switch self {
        case .tooComplex: "pattern too complex"
        case .endsWithEscape: "malformed pattern (ends with '%')"
        case .missingBracket: "malformed pattern (missing ']')"
        case .missingBalanceArguments: "malformed pattern (missing arguments to '%b')"
        case .missingFrontierSet: "missing '[' after '%f' in pattern"
        case .tooManyCaptures: "too many captures"
        case .invalidCapture: "invalid pattern capture"
        case .invalidCaptureIndex(let index): "invalid capture index %\(index)"
        case .stopped: "stopped"
        }
    }
}
