import Foundation

/// A response read to the end of its connection.
struct HTTPResponse {
    let status: Int
    /// Names in lower case.
    let headers: [String: String]
    let body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }

    /// - Throws: `HarnessError` when the bytes are not a whole response.
    init(parsing bytes: [UInt8]) throws {
        let separator = Array("\r\n\r\n".utf8)
        guard let blank = bytes.firstRange(of: separator) else {
            throw HarnessError(description: "no response head in \(bytes.count) bytes")
        }
        let lines = String(decoding: bytes[..<blank.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ")
        guard words.count >= 2, let status = Int(words[1]) else {
            throw HarnessError(description: "not a status line: \(lines[0])")
        }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        self.status = status
        self.headers = headers
        let rest = bytes[blank.upperBound...]
        body = headers["transfer-encoding"] == "chunked" ? try joinChunks(rest) : Array(rest)
        if let length = headers["content-length"].flatMap(Int.init), length != body.count {
            throw HarnessError(description: "body of \(body.count) bytes where \(length) were announced")
        }
    }
}

/// Takes apart the chunked transfer coding (RFC 9112 §7.1); trailers are dropped.
private func joinChunks(_ bytes: ArraySlice<UInt8>) throws -> [UInt8] {
    let lineEnd = Array("\r\n".utf8)
    var rest = bytes
    var body: [UInt8] = []
    while let end = rest.firstRange(of: lineEnd) {
        let size = String(decoding: rest[..<end.lowerBound], as: UTF8.self).split(separator: ";").first ?? ""
        guard let count = Int(size, radix: 16), rest.endIndex >= end.upperBound + count + 2 else { break }
        if count == 0 { return body }
        body += rest[end.upperBound..<(end.upperBound + count)]
        rest = rest[(end.upperBound + count + 2)...]
    }
    throw HarnessError(description: "chunked body without an end")
}
