import FoundationEssentials
import LuaSandbox
import NIOHTTP1
import NIOSSL

/// What a script says about a request beside method and URL.
struct HTTPOptions {
    /// Hops that are followed.
    static let redirectLimit = 10
    /// Headers of a request, and bytes of their names and values.
    static let headerLimit = (count: 100, bytes: 64 << 10)
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
        let size = headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
        guard headers.count <= Self.headerLimit.count, size <= Self.headerLimit.bytes else {
            throw MisuseError(
                text: "more than \(Self.headerLimit.count) headers or \(Self.headerLimit.bytes) bytes of them"
            )
        }
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
        "Basic " + Data("\(username):\(password)".utf8).base64EncodedString()
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
