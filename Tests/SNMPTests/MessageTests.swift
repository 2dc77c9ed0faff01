import Testing

@testable import SNMP

/// Whole messages, as net-snmp writes them.
@Suite struct MessageTests {
    private let name = ObjectIdentifier([1, 3, 6, 1, 4, 1, 1182, 2, 1, 4, 0])

    @Test func aCommunityMessageIsWhatNetSNMPSends() throws {
        let pdu = PDU(kind: .get, requestID: 0x0845_C631, bindings: [VariableBinding(name, .null)])
        let bytes = CommunityMessage.encode(pdu, version: CommunityMessage.v2c, community: Array("public".utf8))
        var request = Capture.community.request
        // The request's number is its own.
        let place = try #require(request.indices.first { request[$0] == 0xA0 }) + 4
        request.replaceSubrange(place..<place + 4, with: [0x08, 0x45, 0xC6, 0x31])
        #expect(hexadecimal(bytes) == hexadecimal(request))
    }

    @Test func aCommunityMessageIsRead() throws {
        var whole = BERReader(Capture.community.response)
        var reader = try whole.enter()
        let version = try reader.integer32()
        let message = try CommunityMessage(version: version, &reader)
        #expect(message.community == Array("public".utf8))
        #expect(message.pdu.kind == .response)
        #expect(try message.pdu.bindings() == [VariableBinding(name, .gauge32(24))])
    }

    private func read(_ bytes: [UInt8]) throws -> V3Message {
        var whole = BERReader(bytes)
        var reader = try whole.enter()
        guard try reader.integer32() == V3Message.version else { throw BERError.unsupportedSecurity }
        return try V3Message(whole.taken, &reader)
    }

    private func keys(of user: USMUser) -> KeyRing.Keys {
        var ring = KeyRing()
        return ring.keys(of: user, engineID: Capture.engineID)
    }

    @Test(arguments: Capture.secure.indices) func whatNetSNMPHasEncipheredIsRead(_ index: Int) throws {
        let pair = Capture.secure[index]
        let keys = keys(of: pair.user)
        let digest = try #require(pair.user.authentication).algorithm
        let cipher = try #require(pair.user.privacy).algorithm
        for (bytes, value) in [(pair.request, SNMPValue.null), (pair.response, .gauge32(24))] {
            let message = try read(bytes)
            #expect(message.level == .authPriv)
            #expect(message.security.engineID == Capture.engineID)
            #expect(message.security.userName == Array(pair.user.name.utf8))
            #expect(message.isAuthentic(digest, key: keys.authentication))
            #expect(try message.pdu(cipher, key: keys.privacy)?.bindings() == [VariableBinding(name, value)])
            // Another cipher's or password's key.
            #expect(message.pdu(cipher, key: keys.privacy.reversed()) == nil)
            #expect(!message.isAuthentic(digest, key: keys.privacy))
        }
    }

    /// What net-snmp wrote, from the same numbers, byte for byte.
    @Test(arguments: Capture.secure.indices) func aSecureMessageIsWhatNetSNMPSends(_ index: Int) throws {
        let pair = Capture.secure[index]
        let keys = keys(of: pair.user)
        let message = try read(pair.request)
        let cipher = try #require(pair.user.privacy).algorithm
        let pdu = try #require(message.pdu(cipher, key: keys.privacy)).pdu()
        let salt = message.security.salt.reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        let bytes = V3Message.encode(
            pdu,
            id: message.id,
            pair.user,
            keys,
            (Capture.engineID, message.security.boots, message.security.time),
            salt: salt
        )
        if cipher == .des {
            // The last block is filled up with other bytes.
            #expect(bytes?.count == pair.request.count)
        } else {
            #expect(bytes.map(hexadecimal) == hexadecimal(pair.request))
        }
    }

    @Test(arguments: Capture.secure.indices) func aChangedBitIsNoticed(_ index: Int) throws {
        let pair = Capture.secure[index]
        let keys = keys(of: pair.user)
        let digest = try #require(pair.user.authentication).algorithm
        for bit in 0..<8 * pair.response.count {
            var bytes = pair.response
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            guard let message = try? read(bytes) else { continue }
            #expect(!message.isAuthentic(digest, key: keys.authentication))
        }
    }

    @Test func aPasswordMustBeLongEnough() throws {
        var user = Capture.user("monitor", .sha, .aes)
        #expect(throws: Never.self) { try SNMPCredentials.v3(user).validate() }
        user.privacy?.password = Array("seven..".utf8)
        #expect(throws: SNMPError.invalidOption("privacy password must have at least 8 bytes, got 7")) {
            try SNMPCredentials.v3(user).validate()
        }
        user.privacy = nil
        #expect(throws: SNMPError.invalidOption("authPriv needs protocol and password for privacy")) {
            try SNMPCredentials.v3(user).validate()
        }
        user.level = .noAuthNoPriv
        user.name = ""
        #expect(throws: SNMPError.invalidOption("user name must have 1 to 32 bytes, got 0")) {
            try SNMPCredentials.v3(user).validate()
        }
    }
}
