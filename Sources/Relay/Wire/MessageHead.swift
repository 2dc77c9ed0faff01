package import NIOHTTP1

/// The start line and the header fields of a serialised request or response.
package struct MessageHead: Sendable, Equatable {
    package enum Start: Sendable, Equatable {
        case request(method: String, target: String)
        /// `version` is kept as it was sent: PushProx's client writes `HTTP/0.0` for errors of its own.
        case response(version: String, status: Int, reason: String)
    }

    package var start: Start
    package var headers: HTTPHeaders

    /// The header's bytes, without the empty line.
    ///
    /// Lines may end in CRLF or LF alone, as Go's net/http takes them; folded lines are refused (RFC 9112 §5.2).
    init(parsing bytes: some Collection<UInt8>) throws(WireError) {
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)[...]
        guard let first = lines.popFirst() else { throw .malformed("message has no start line") }
        start = try Self.start(Self.text(first))
        headers = HTTPHeaders()
        for line in lines where !line.isEmpty {
            let (name, value) = try Self.field(line)
            if !name.isEmpty { headers.add(name: name, value: value) }
        }
    }

    private static func text(_ line: some Collection<UInt8>) throws(WireError) -> String {
        var bytes = Array(line)
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(where: { $0 < 0x20 && $0 != 9 })
        else {
            throw .malformed("message head is not text")
        }
        return text
    }

    private static func start(_ line: String) throws(WireError) -> Start {
        let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        if line.hasPrefix("HTTP/") {
            guard words.count >= 2, words[1].utf8.count == 3, let status = Int(words[1]), (100...999).contains(status)
            else { throw .malformed("malformed status line \"\(line.prefix(80))\"") }
            return .response(version: String(words[0]), status: status, reason: words.count > 2 ? String(words[2]) : "")
        }
        guard words.count == 3, words[2].hasPrefix("HTTP/1."), isToken(words[0].utf8), !words[1].isEmpty else {
            throw .malformed("malformed request line \"\(line.prefix(80))\"")
        }
        return .request(method: String(words[0]), target: String(words[1]))
    }

    /// Name and value; both empty for a line that is only a line end.
    private static func field(_ line: some Collection<UInt8>) throws(WireError) -> (String, String) {
        let text = try text(line)
        if text.isEmpty { return ("", "") }
        guard let colon = text.firstIndex(of: ":"), isToken(text[..<colon].utf8) else {
            throw .malformed("malformed header field \"\(text.prefix(80))\"")
        }
        var value = text[text.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
        while let last = value.last, last == " " || last == "\t" { value.removeLast() }
        return (String(text[..<colon]), String(value))
    }

    /// RFC 9110 §5.6.2.
    static func isToken(_ text: some Collection<UInt8>) -> Bool {
        !text.isEmpty
            && text.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }
}

extension MessageHead {
    /// How the end of a body is found (RFC 9112 §6.3).
    enum Framing: Equatable {
        case none
        case length(Int)
        case chunked
        /// The body ends with whatever carries the message.
        case toEnd
    }

    func framing() throws(WireError) -> Framing {
        if case .response(_, let status, _) = start, status < 200 || status == 204 || status == 304 { return .none }
        if let coding = headers[canonicalForm: "transfer-encoding"].last {
            guard coding.lowercased() == "chunked" else {
                throw .malformed("transfer coding \"\(coding.prefix(40))\" is not known")
            }
            return .chunked
        }
        let lengths = Set(headers["content-length"])
        guard let text = lengths.first else {
            if case .request = start { return .none }
            return .toEnd
        }
        guard lengths.count == 1, text.utf8.allSatisfy({ $0 &- 0x30 < 10 }), let length = Int(text) else {
            throw .malformed("malformed content length \"\(text.prefix(40))\"")
        }
        return .length(length)
    }
}
