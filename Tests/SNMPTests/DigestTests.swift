import Testing

@testable import SNMP

/// Digests and keys of the user-based security model.
@Suite struct DigestTests {
    /// FIPS 180-2, change notice 1.
    @Test(arguments: [
        ("abc", "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "75388b16512776cc5dba5da1fd890150b0c6455cb4f58b1952522525"
        ),
        ("", "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f"),
    ])
    func sha224HasTheStandardsDigests(_ message: String, _ digest: String) {
        #expect(hexadecimal(SHA224.hash(Array(message.utf8))) == digest)
    }

    @Test func sha224TakesLongMessages() {
        let digest = SHA224.hash([UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000))
        #expect(hexadecimal(digest) == "20794655980c91d8bbb4c1ea97618a4bf03f42581948b2ee4ee7ad67")
    }

    /// RFC 4231, cut to 128 bits.
    @Test func sha224AuthenticatesAsTheStandardSays() {
        let short = AuthenticationProtocol.sha224.digest(
            Array("Hi There".utf8),
            key: [UInt8](repeating: 0x0B, count: 20)
        )
        #expect(hexadecimal(short) == "896fb1128abbdf196832107cd49df33f")
        let text = Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8)
        let long = AuthenticationProtocol.sha224.digest(text, key: [UInt8](repeating: 0xAA, count: 131))
        #expect(hexadecimal(long) == "95e9a0db962095adaebe9b2d6f0dbce2")
    }

    /// RFC 3414 A.3.
    @Test(arguments: [
        (AuthenticationProtocol.md5, "9faf3283884e92834ebc9847d8edd963", "526f5eed9fcce26f8964c2930787d82b"),
        (.sha, "9fb5cc0381497b3793528939ff788d5d79145211", "6695febc9288e36282235fc7151f128497b38f3f"),
    ])
    func keysAreLocalizedAsTheStandardSays(_ algorithm: AuthenticationProtocol, _ key: String, _ local: String) {
        let engineID: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]
        let found = LocalKey.key(of: Array("maplesyrup".utf8), algorithm)
        #expect(hexadecimal(found) == key)
        #expect(hexadecimal(LocalKey.localized(found, engineID: engineID, algorithm)) == local)
    }

    @Test func aKeyIsMadeOncePerPasswordAndEngine() {
        var ring = KeyRing()
        let user = Capture.user("monitor", .md5, .aes256c)
        let keys = ring.keys(of: user, engineID: [1, 2, 3, 4, 5])
        #expect(keys.authentication.count == 16)
        #expect(keys.privacy.count == 32)
        #expect(ring.keys(of: user, engineID: [1, 2, 3, 4, 5]) == keys)
        #expect(ring.keys(of: user, engineID: [1, 2, 3, 4, 6]) != keys)
        var plain = user
        plain.level = .noAuthNoPriv
        #expect(ring.keys(of: plain, engineID: [1, 2, 3, 4, 5]) == KeyRing.Keys())
    }

    @Test func whatWasUsedLastIsKept() {
        var values = RecentValues<Int, Int>(limit: 10)
        for number in 0..<1000 {
            values[number] = number
            #expect(values[0] == 0)
        }
        #expect(values.count <= 10)
        #expect(values[999] == 999)
        #expect(values[500] == nil)
    }
}
