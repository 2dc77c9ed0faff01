import Crypto
import FoundationEssentials

extension AuthenticationProtocol {
    /// Bytes of a message's digest (RFC 3414 §6.3.1 and §7.3.1, RFC 7860 §4.1).
    var digestSize: Int {
        switch self {
        case .md5, .sha: 12
        case .sha224: 16
        case .sha256: 24
        case .sha384: 32
        case .sha512: 48
        }
    }

    func hash(_ message: [UInt8]) -> [UInt8] {
        switch self {
        case .md5: Array(Insecure.MD5.hash(data: message))
        case .sha: Array(Insecure.SHA1.hash(data: message))
        case .sha224: SHA224.hash(message)
        case .sha256: Array(SHA256.hash(data: message))
        case .sha384: Array(SHA384.hash(data: message))
        case .sha512: Array(SHA512.hash(data: message))
        }
    }

    /// The digest of a message (RFC 2104), cut to the size that messages have room for.
    func digest(_ message: [UInt8], key: [UInt8]) -> ArraySlice<UInt8> {
        let secret = SymmetricKey(data: key)
        let whole =
            switch self {
            case .md5: Array(HMAC<Insecure.MD5>.authenticationCode(for: message, using: secret))
            case .sha: Array(HMAC<Insecure.SHA1>.authenticationCode(for: message, using: secret))
            case .sha224: Self.hmacSHA224(message, key: key)
            case .sha256: Array(HMAC<SHA256>.authenticationCode(for: message, using: secret))
            case .sha384: Array(HMAC<SHA384>.authenticationCode(for: message, using: secret))
            case .sha512: Array(HMAC<SHA512>.authenticationCode(for: message, using: secret))
            }
        return whole.prefix(digestSize)
    }

    private static func hmacSHA224(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        var block = key.count > SHA224.blockSize ? SHA224.hash(key) : key
        block += [UInt8](repeating: 0, count: SHA224.blockSize - block.count)
        return SHA224.hash(block.map { $0 ^ 0x5C } + SHA224.hash(block.map { $0 ^ 0x36 } + message))
    }
}
