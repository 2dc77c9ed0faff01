/// A request target taken apart: path and query, both decoded.
struct RequestTarget: Equatable {
    let path: String
    /// Names and values in their order; a name without `=` has an empty value.
    let query: [(name: String, value: String)]

    static func == (left: Self, right: Self) -> Bool {
        left.path == right.path && left.query.elementsEqual(right.query, by: ==)
    }

    /// Parses origin form (`/metrics?x=1`) and absolute form (`http://host/metrics?x=1`, as sent to proxies).
    ///
    /// - Throws: `BadRequest` for broken percent-encoding.
    init(_ target: String) throws(BadRequest) {
        var rest = target[...]
        if !rest.hasPrefix("/"), let scheme = rest.firstRange(of: "://") {
            rest = rest[scheme.upperBound...]
            rest = rest[(rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex)...]
        }
        rest = rest[..<(rest.firstIndex(of: "#") ?? rest.endIndex)]
        let mark = rest.firstIndex(of: "?") ?? rest.endIndex
        let path = try Self.decode(rest[..<mark], isForm: false)
        self.path = path.isEmpty ? "/" : path
        query = mark == rest.endIndex ? [] : try Self.parseQuery(rest[rest.index(after: mark)...])
    }

    /// The value of a parameter that is on or off.
    func flag(_ name: String, _ value: String) throws(BadRequest) -> Bool {
        switch value {
        case "1", "true": return true
        case "0", "false": return false
        default: throw BadRequest(reason: "\(name) must be 1 or 0, got \"\(value)\"")
        }
    }

    /// Takes a query or a form apart.
    static func parseQuery(_ text: Substring) throws(BadRequest) -> [(name: String, value: String)] {
        var query: [(name: String, value: String)] = []
        for pair in text.split(separator: "&") {
            let equals = pair.firstIndex(of: "=") ?? pair.endIndex
            let value = equals == pair.endIndex ? "" : pair[pair.index(after: equals)...]
            query.append((try decode(pair[..<equals], isForm: true), try decode(value, isForm: true)))
        }
        return query
    }

    private static func decode(_ text: Substring, isForm: Bool) throws(BadRequest) -> String {
        guard let bytes = PercentEncoding.decode(text, isForm: isForm) else {
            throw BadRequest(reason: "request target has an incomplete percent-encoding")
        }
        guard let decoded = String(validating: bytes, as: UTF8.self) else {
            throw BadRequest(reason: "request target is not UTF-8")
        }
        return decoded
    }
}

/// A request that makes no sense; the text is the answer's body.
struct BadRequest: Error, Equatable {
    let reason: String
}
