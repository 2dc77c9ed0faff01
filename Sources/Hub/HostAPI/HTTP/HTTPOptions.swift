import LuaSandbox
import NIOHTTP1
import NIOSSL

/// What a script says about a request beside method and URL.
struct HTTPOptions {
    /// Hops that are followed.
    static let redirectLimit = 10
    static let methods: Set<String> = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]

    var headers: [(name: String, value: String)] = []
    var authorization: String?
    var timeout: Double?
    var redirects = 5
    /// Bytes of the response; nil for the plugin's own limit.
    var maximumSize: Int?
    var tls: TLSConfiguration?
    var body: [UInt8]?

    init() {}

    /// Takes the keys of HTTP; whoever made the reader finishes it.
    init(_ options: inout OptionReader) throws(MisuseError) {
        headers = try options.texts("headers") ?? []
        for (name, value) in headers {
            guard Self.isToken(name), value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
                throw MisuseError(text: "header \"\(name)\" has a character that must not be in a header")
            }
        }
        timeout = try options.seconds("timeout")
        redirects = try options.integer("redirects", in: 0...Self.redirectLimit) ?? redirects
        maximumSize = try options.integer("max_size", in: 1...(1 << 30))
        body = try options.bytes("body")
        if let token = try options.string("bearer_token") { authorization = "Bearer \(token)" }
        if var basic = try options.options("basic_auth") {
            let username = try basic.string("username") ?? ""
            authorization = Self.basic(username, try basic.string("password") ?? "")
            try basic.finish()
        }
        if var tls = try options.options("tls") {
            self.tls = try Self.tls(&tls)
            try tls.finish()
        }
        if let authorization, !authorization.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) {
            throw MisuseError(text: "bearer_token has a character that must not be in a header")
        }
    }

    private static func isToken(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                let character = Character(UnicodeScalar(byte))
                return character.isASCII
                    && (character.isLetter || character.isNumber || "!#$%&'*+-.^_`|~".contains(character))
            }
    }

    /// What goes to another server than the one the script meant: no certificate that says who asks.
    var tlsForOthers: TLSConfiguration? {
        var tls = tls
        tls?.certificateChain = []
        tls?.privateKey = nil
        return tls
    }

    static func basic(_ username: String, _ password: String) -> String {
        "Basic " + Base64.encode(Array("\(username):\(password)".utf8))
    }

    private static func tls(_ options: inout OptionReader) throws(MisuseError) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        do {
            if let ca = try options.bytes("ca") {
                configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(ca))
            }
            if let certificate = try options.bytes("certificate") {
                configuration.certificateChain = try NIOSSLCertificate.fromPEMBytes(certificate).map {
                    .certificate($0)
                }
            }
            if let key = try options.bytes("key") {
                configuration.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: key, format: .pem))
            }
        } catch let error as MisuseError {
            throw error
        } catch {
            throw MisuseError(text: "tls: not a usable PEM text: \(error)")
        }
        if try options.boolean("insecure_skip_verify") ?? false { configuration.certificateVerification = .none }
        return configuration
    }
}

/// Base64 as RFC 4648 section 4 writes it.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let word = group.enumerated().reduce(0) { $0 | Int($1.element) << (16 - 8 * $1.offset) }
            for position in 0..<4 {
                text.append(position <= group.count ? alphabet[word >> (18 - 6 * position) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil for a text that is not base64 with its padding.
    static func decode(_ text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 4) else { return nil }
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: digits.count, by: 4) {
            let group = digits[start..<start + 4]
            let filled = group.prefix { $0 != UInt8(ascii: "=") }
            guard filled.count == 4 || start + 4 == digits.count && filled.count >= 2 else { return nil }
            var word = 0
            for digit in filled {
                guard let value = alphabet.firstIndex(of: digit) else { return nil }
                word = word << 6 | value
            }
            word <<= 6 * (4 - filled.count)
            for position in 0..<filled.count - 1 { bytes.append(UInt8(word >> (16 - 8 * position) & 255)) }
        }
        return bytes
    }
}
