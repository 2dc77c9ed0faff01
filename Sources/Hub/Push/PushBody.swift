import Exposition
import NIOCore

/// A body taken apart: families with the group's labels on all their samples.
struct PushBody: Sendable {
    /// Why a body is none; nothing is then stored.
    enum Failure: Error, Equatable {
        case malformed(String)
        case tooLarge(limit: Int)
        /// There is no room for it beside the others that are being worked on.
        case noRoom
    }

    /// What clients say of a body.
    struct Encoding: Sendable {
        var contentType: String?
        var contentCoding: String?
    }

    var families: [FamilyBlock]
    /// Why the families cannot be stored although they could be read.
    var inconsistency: String?

    /// Metrics that every group has; pushed ones of these names are left out.
    static let timeNames: Set<String> = ["push_time_seconds", "push_failure_time_seconds"]

    /// Reads a body; takes time in proportion to its size.
    ///
    /// `reserve` is asked for room once it is known how large the body is.
    static func parse(
        _ bytes: ByteBuffer,
        _ encoding: Encoding,
        _ key: GroupingKey,
        _ limits: PushLimits,
        reserve: (Int) -> Bool = { _ in true }
    ) throws(Failure) -> PushBody {
        let content = try decompress(bytes, encoding.contentCoding, limits.body)
        guard reserve(content.count) else { throw .noRoom }
        let media = MediaType(encoding.contentType ?? "")
        if media.name == "application/vnd.google.protobuf", media.parameters["encoding"] == "delimited",
            media.parameters["proto"] == "io.prometheus.client.MetricFamily"
        {
            let (text, inconsistency) = try ProtobufExposition.text(content)
            var body = try parse(text, .text, key, limits)
            body.inconsistency = inconsistency ?? body.inconsistency
            return body
        }
        let format: ParseFormat = media.name == "application/openmetrics-text" ? .openMetrics : .text
        return try parse(content, format, key, limits)
    }

    private static func parse(
        _ text: [UInt8],
        _ format: ParseFormat,
        _ key: GroupingKey,
        _ limits: PushLimits
    ) throws(Failure) -> PushBody {
        var options = ParseOptions()
        options.requiresFinalNewline = true
        options.maximumSamples = limits.samples
        options.maximumBytes = limits.bytes
        options.maximumMetadataBytes = 4 * limits.body + 4_096
        options.maximumLineLength = limits.body
        options.labels = key.added
        var parser = ExpositionParser(format: format, options: options)
        do throws(ParseError) {
            try text.withUnsafeBufferPointer { text throws(ParseError) in try parser.feed(UnsafeRawBufferPointer(text))
            }
            let families = try parser.finish().filter { !timeNames.contains($0.descriptor.name) }
            var body = PushBody(families: families)
            if families.contains(where: \.hasTimestamps) {
                body.inconsistency = "pushed metrics must not have timestamps"
            } else if parser.duplicateCount > 0 {
                body.inconsistency = "a metric was collected before with the same name and label values"
            }
            return body
        } catch {
            if error.limit != nil { throw .tooLarge(limit: limits.samples) }
            throw .malformed("text format parsing error in line \(error.line): \(error.message)")
        }
    }

    private static func decompress(
        _ bytes: ByteBuffer,
        _ coding: String?,
        _ limit: Int
    ) throws(Failure) -> [UInt8] {
        switch coding?.lowercased() {
        case "gzip": return try inflate(bytes, limit)
        case "snappy":
            do {
                return try bytes.withUnsafeReadableBytes { try SnappyStream.decode($0, limit: limit) }
            } catch SnappyStream.Failure.tooLarge {
                throw .tooLarge(limit: limit)
            } catch {
                throw .malformed("snappy: corrupt input")
            }
        default: return Array(bytes.readableBytesView)
        }
    }

    private static func inflate(_ bytes: ByteBuffer, _ limit: Int) throws(Failure) -> [UInt8] {
        guard bytes.getInteger(at: bytes.readerIndex, as: UInt16.self) == 0x1f8b, let inflater = Inflater() else {
            throw .malformed("gzip: invalid header")
        }
        var content: [UInt8] = []
        var isTooLarge = false
        let problem = inflater.inflate(bytes) { piece in
            isTooLarge = content.count + piece.readableBytes > limit
            if !isTooLarge { content.append(contentsOf: piece.readableBytesView) }
            return isTooLarge ? "too large" : nil
        }
        if isTooLarge { throw .tooLarge(limit: limit) }
        if let problem = problem ?? inflater.incompleteness { throw .malformed("gzip: \(problem)") }
        return content
    }
}

/// A `Content-Type` taken apart (RFC 9110 §8.3.1).
struct MediaType {
    /// In lower case.
    let name: String
    /// Names in lower case.
    private(set) var parameters: [String: String] = [:]

    init(_ text: String) {
        let parts = text.split(separator: ";").map { Self.trim($0) }
        name = parts.first?.lowercased() ?? ""
        for part in parts.dropFirst() {
            guard let sign = part.firstIndex(of: "=") else { continue }
            let value = part[part.index(after: sign)...].filter { $0 != "\"" }
            parameters[part[..<sign].lowercased()] = String(value)
        }
    }

    private static func trim(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " || $0 == "\t" }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}
