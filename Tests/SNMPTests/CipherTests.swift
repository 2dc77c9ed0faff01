import Testing

@testable import SNMP

@Suite struct CipherTests {
    /// FIPS 81, tables B1 and C1.
    @Test func desEnciphersAsTheStandardSays() {
        let des = DES(key: hex("0123456789abcdef"))
        #expect(des.encryptBlock(0x4E6F_7720_6973_2074) == 0x3FA4_0E8A_984D_4815)
        let text = Array("Now is the time for all ".utf8)
        let secret = des.encrypt(text, initialVector: 0x1234_5678_90AB_CDEF)
        #expect(hexadecimal(secret) == "e5c7cdde872bf27c43e934008c389c0f683788499a7c05f6")
        #expect(des.decrypt(secret, initialVector: 0x1234_5678_90AB_CDEF) == text)
    }

    /// NIST SP 800-17, table A.1 to A.4: the first of each.
    @Test(arguments: [
        ("0101010101010101", "8000000000000000", "95f8a5e5dd31d900"),
        ("8001010101010101", "0000000000000000", "95a8d72813daa94d"),
        ("1046913489980131", "0000000000000000", "88d55e54f54c97b4"),
        ("7ca110454a1a6e57", "01a1d6d039776742", "690f5b0d9a26939b"),
    ])
    func desHasTheValidationSuitesAnswers(_ key: String, _ plain: String, _ secret: String) {
        #expect(hexadecimal(DES(key: hex(key)).encrypt(hex(plain), initialVector: 0)) == secret)
    }

    /// NIST SP 800-38A, F.3.13, F.3.15 and F.3.17: the vector is made of boots, time and salt here.
    @Test(arguments: [
        (PrivacyProtocol.aes, "2b7e151628aed2a6abf7158809cf4f3c", "3b3fd92eb72dad20333449f8e83cfb4a"),
        (.aes192, "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b", "cdc80d6fddf18cab34c25909c99a4174"),
        (
            .aes256c, "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
            "dc7e84bfda79164b7ecd8486985d3860"
        ),
    ])
    func aesEnciphersAsTheStandardSays(_ cipher: PrivacyProtocol, _ key: String, _ secret: String) throws {
        let salt = try #require(PrivacySalt(hex("08090a0b0c0d0e0f"), boots: 0x0001_0203, time: 0x0405_0607))
        let text = hex("6bc1bee22e409f96e93d7e117393172a")
        #expect(cipher.encrypt(text, key: hex(key), salt).map(hexadecimal) == secret)
        #expect(cipher.decrypt(hex(secret), key: hex(key), salt) == text)
    }

    @Test(arguments: PrivacyProtocol.allCases)
    func whatDoesNotFitIsRefused(_ cipher: PrivacyProtocol) throws {
        let salt = PrivacySalt(1, for: cipher, boots: 1, time: 2)
        let key = [UInt8](repeating: 1, count: cipher.keySize)
        #expect(cipher.encrypt([1], key: [1], salt) == nil)
        #expect(cipher.decrypt([], key: key, salt) == nil)
        #expect(PrivacySalt([1, 2, 3], boots: 1, time: 2) == nil)
        if cipher == .des { #expect(cipher.decrypt([1, 2, 3], key: key, salt) == nil) }
        let text = Array("seventeen bytes..".utf8)
        let secret = try #require(cipher.encrypt(text, key: key, salt))
        #expect(cipher.decrypt(secret, key: key, salt)?.starts(with: text) == true)
    }
}
