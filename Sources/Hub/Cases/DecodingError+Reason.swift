extension DecodingError {
    /// The error in our words, with its place as in `exchanges[0].steps`.
    var reason: String {
        switch self {
        case .keyNotFound(let key, let context): Self.at(context, "\"\(key.stringValue)\" is missing")
        case .valueNotFound(_, let context): Self.at(context, "a value is missing")
        case .typeMismatch(let type, let context): Self.at(context, "must be of type \(type)")
        case .dataCorrupted(let context) where context.codingPath.isEmpty: "not valid JSON"
        case .dataCorrupted(let context): Self.at(context, context.debugDescription)
        @unknown default: "\(self)"
        }
    }

    private static func at(_ context: Context, _ text: String) -> String {
        var place = ""
        for key in context.codingPath {
            if let index = key.intValue {
                place += "[\(index)]"
            } else {
                place += place.isEmpty ? key.stringValue : ".\(key.stringValue)"
            }
        }
        return place.isEmpty ? text : "\(place): \(text)"
    }
}
