package import NIOCore
package import NIOHTTP1

/// A scrape as it is handed to a client: the body of a poll's answer.
package struct ScrapeInstruction: Sendable, Equatable {
    package static let timeoutField = "X-Prometheus-Scrape-Timeout-Seconds"
    /// PushProx's client sends this one back; its proxy looks for the other name and passes this one on.
    package static let remainingField = "X-Prometheus-Scrape-Timeout"
    package static let idField = "Id"

    package var method: String
    package var url: ScrapeURL
    /// Without hop-by-hop fields, `Id` and the timeout.
    package var headers: HTTPHeaders
    package var body = ByteBuffer()

    /// Takes over what a client of the scrape sent.
    ///
    /// An `Id` of the caller's would come first and break the match with the answer.
    package init(method: String, url: ScrapeURL, headers: HTTPHeaders, body: ByteBuffer = ByteBuffer()) {
        self.method = method
        self.url = url
        self.body = body
        var headers = headers
        HopByHop.strip(&headers)
        for name in [Self.idField, Self.timeoutField, Self.remainingField, "Host", "Content-Length", "Expect"] {
            headers.remove(name: name)
        }
        self.headers = headers
    }

    /// The request in proxy form, its fields in the order of Go's `Request.WriteProxy`: Host, User-Agent, the others
    /// sorted.
    package func serialised(id: String, seconds: Double) -> ByteBuffer {
        var text = "\(method) \(url.text) HTTP/1.1\r\nHost: \(url.authority)\r\n"
        if let agent = headers.first(name: "User-Agent") { text += "User-Agent: \(agent)\r\n" }
        if body.readableBytes > 0 { text += "Content-Length: \(body.readableBytes)\r\n" }
        var fields = headers.filter { $0.name.lowercased() != "user-agent" }.map { (Self.canonical($0.name), $0.value) }
        fields.append((Self.idField, id))
        fields.append((Self.timeoutField, Self.number(seconds)))
        for (name, value) in fields.sorted(by: { $0.0 < $1.0 }) { text += "\(name): \(value)\r\n" }
        var buffer = ByteBuffer(string: text + "\r\n")
        buffer.writeImmutableBuffer(body)
        return buffer
    }

    /// As in `X-Prometheus-Scrape-Timeout`: the first letter and those after a dash in capitals.
    static func canonical(_ name: String) -> String {
        var isFirst = true
        return String(
            name.map { character -> Character in
                defer { isFirst = character == "-" }
                return isFirst ? Character(character.uppercased()) : Character(character.lowercased())
            }
        )
    }

    /// Milliseconds are as exact as a scrape's timeout gets; whole numbers are written without a fraction.
    static func number(_ seconds: Double) -> String {
        let milliseconds = Int((seconds * 1_000).rounded())
        let fraction = milliseconds % 1_000
        guard fraction != 0 else { return "\(milliseconds / 1_000)" }
        var digits = String(fraction + 1_000).dropFirst()
        while digits.last == "0" { digits.removeLast() }
        return "\(milliseconds / 1_000).\(digits)"
    }
}

/// Version 4 identifiers (RFC 9562 §5.4): nobody can guess the one of somebody else's scrape.
package enum ScrapeID {
    package static func random() -> String {
        var bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text.append(UInt8(ascii: "-")) }
            text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
        return String(decoding: text, as: UTF8.self)
    }
}
