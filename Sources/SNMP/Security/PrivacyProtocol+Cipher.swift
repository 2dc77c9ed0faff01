import Crypto
import CryptoExtras
import FoundationEssentials

/// What a message is enciphered with beside the key.
struct PrivacySalt {
    let boots: Int32
    let time: Int32
    /// Bytes of `privParameters`, never used twice with one key.
    let bytes: [UInt8]

    /// A number that no message had before; DES has room for the lower half of it (RFC 3414 §8.1.1.1).
    init(_ number: UInt64, for cipher: PrivacyProtocol, boots: Int32, time: Int32) {
        self.boots = boots
        self.time = time
        let number = cipher == .des ? UInt64(UInt32(bitPattern: boots)) << 32 | number & 0xFFFF_FFFF : number
        bytes = withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }

    /// That of a message that was received; nil when it has the wrong size.
    init?(_ bytes: [UInt8], boots: Int32, time: Int32) {
        guard bytes.count == 8 else { return nil }
        self.bytes = bytes
        self.boots = boots
        self.time = time
    }

    /// RFC 3826 §3.1.2.1.
    fileprivate var initialVector: [UInt8] {
        withUnsafeBytes(of: boots.bigEndian) { Array($0) } + withUnsafeBytes(of: time.bigEndian) { Array($0) } + bytes
    }

    /// RFC 3414 §8.1.1.1.
    fileprivate func initialVector(preIV: ArraySlice<UInt8>) -> UInt64 {
        zip(preIV, bytes).reduce(0) { $0 << 8 | UInt64($1.0 ^ $1.1) }
    }
}

extension PrivacyProtocol {
    /// Nil when the key does not fit.
    func encrypt(_ message: [UInt8], key: [UInt8], _ salt: PrivacySalt) -> [UInt8]? {
        guard key.count == keySize else { return nil }
        if self == .des {
            return DES(key: key[..<8]).encrypt(message, initialVector: salt.initialVector(preIV: key[8...]))
        }
        guard let vector = try? AES._CFB.IV(ivBytes: salt.initialVector) else { return nil }
        return (try? AES._CFB.encrypt(message, using: SymmetricKey(data: key), iv: vector)).map { Array($0) }
    }

    /// Nil when the key or the message does not fit.
    func decrypt(_ message: [UInt8], key: [UInt8], _ salt: PrivacySalt) -> [UInt8]? {
        guard key.count == keySize, !message.isEmpty else { return nil }
        if self == .des {
            guard message.count % DES.blockSize == 0 else { return nil }
            return DES(key: key[..<8]).decrypt(message, initialVector: salt.initialVector(preIV: key[8...]))
        }
        guard let vector = try? AES._CFB.IV(ivBytes: salt.initialVector) else { return nil }
        return (try? AES._CFB.decrypt(message, using: SymmetricKey(data: key), iv: vector)).map { Array($0) }
    }
}
