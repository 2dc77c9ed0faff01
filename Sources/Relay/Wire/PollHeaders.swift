package import NIOHTTP1

/// What a client of ours adds to a poll; PushProx's proxy does not look at it.
package struct PollHeaders: Sendable, Equatable {
    /// After how many seconds the client wants its poll answered with 204.
    package static let timeoutField = "X-Relay-Poll-Timeout"
    /// One for each port the client serves: `9100 site=home&room=attic`, percent-encoded.
    package static let serviceField = "X-Relay-Service"
    /// Services of one client that are remembered.
    package static let serviceLimit = 64

    /// Nil for a client of PushProx.
    package var timeoutSeconds: Int?
    package var services: [Registration.Service]

    package init(timeoutSeconds: Int?, services: [Registration.Service]) {
        self.timeoutSeconds = timeoutSeconds
        self.services = services
    }

    /// Fields that make no sense are passed over.
    package init(_ headers: HTTPHeaders) {
        timeoutSeconds = headers.first(name: Self.timeoutField).flatMap { Int($0) }.flatMap {
            (1...3_600).contains($0) ? $0 : nil
        }
        services = headers[Self.serviceField].prefix(Self.serviceLimit).compactMap { Self.service($0) }
    }

    package func add(to headers: inout HTTPHeaders) {
        if let timeoutSeconds { headers.add(name: Self.timeoutField, value: "\(timeoutSeconds)") }
        for service in services.prefix(Self.serviceLimit) {
            let labels = service.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\(Self.encode($0.value))" }
            headers.add(name: Self.serviceField, value: "\(service.port) \(labels.joined(separator: "&"))")
        }
    }

    private static func service(_ text: String) -> Registration.Service? {
        let words = text.split(separator: " ", maxSplits: 1)
        guard let port = words.first.flatMap({ Int($0) }), (1...65_535).contains(port) else { return nil }
        var labels: [String: String] = [:]
        for pair in words.count > 1 ? words[1].split(separator: "&") : [] {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, isLabelName(parts[0]), let value = decode(parts[1]) else { return nil }
            labels[String(parts[0])] = value
        }
        return Registration.Service(port: port, labels: labels)
    }

    private static func isLabelName(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return text.utf8.allSatisfy {
            $0 == UInt8(ascii: "_") || MessageHead.isToken([$0]) && $0 >= 0x30 && $0 != 0x5E && $0 < 0x7B
        }
    }

    private static func encode(_ text: String) -> String {
        text.utf8.reduce(into: "") { result, byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
    }

    private static func decode(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
