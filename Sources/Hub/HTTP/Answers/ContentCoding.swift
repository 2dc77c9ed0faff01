/// What `Accept-Encoding` allows (RFC 9110 §12.5.3).
enum ContentCoding {
    /// True when gzip is asked for and not less than an uncompressed body.
    static func acceptsGzip(_ header: String?) -> Bool {
        guard let header else { return false }
        if header == "gzip" { return true }
        var gzip: Double?
        var identity: Double?
        var others: Double?
        for item in header.split(separator: ",") {
            let parts = item.split(separator: ";").map { $0.trimmed().lowercased() }
            let weight = parts.dropFirst().compactMap { quality($0) }.first ?? 1
            switch parts.first {
            case "gzip", "x-gzip": gzip = weight
            case "identity": identity = weight
            case "*": others = weight
            default: break
            }
        }
        let wanted = gzip ?? others ?? 0
        return wanted > 0 && wanted >= identity ?? 0
    }

    /// The value of `q=0.5`; a weight that is none counts as 0, so that it never forces a coding on a client.
    private static func quality(_ parameter: String) -> Double? {
        guard parameter.hasPrefix("q=") else { return nil }
        guard let value = Double(parameter.dropFirst(2)), (0...1).contains(value) else { return 0 }
        return value
    }
}

extension Substring {
    fileprivate func trimmed() -> Substring {
        var text = drop { $0 == " " || $0 == "\t" }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}
