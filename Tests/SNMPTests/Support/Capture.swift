@testable import SNMP

/// Messages that net-snmp 5.9.3 exchanged: snmpget asks for 1.3.6.1.4.1.1182.2.1.4.0, snmpd answers Gauge32 24.
///
/// The passwords are `maplesyrup` for the digest and `pancakes1` for the cipher.
enum Capture {
    static let engineID: [UInt8] = [0x80, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]

    struct Pair: Sendable {
        let user: USMUser
        let request: [UInt8]
        let response: [UInt8]
    }

    static let community = (
        request: hex(
            "302c02010104067075626c6963a01f02047c72e05a0201000201003011300f060b2b06010401891e020104000500"
        ),
        response: hex(
            "302d02010104067075626c6963a22002047c72e05a02010002010030123010060b2b06010401891e02010400420118"
        )
    )

    static let secure: [Pair] = [
        Pair(
            user: user("monitor", .sha256, .aes),
            request: hex(
                "30819002010330110204511a91b8020300ffe304010702010304433041040c8000000001020304050607080201010201"
                    + "6304076d6f6e69746f72041837f3c40bba7fb71ca839fb6652838bfe7fc43741167b4219040807fcd2ba9d9db6880433"
                    + "75b2bb07659791f254a10d25a1b57c0aba5b4369891e6880fa35576a2d388d24c037759a63812ee4518f803d6b86d44a"
                    + "72289c"
            ),
            response: hex(
                "30819102010330110204511a91b8020300ffe304010302010304433041040c8000000001020304050607080201010201"
                    + "6304076d6f6e69746f72041816be96a54582802204b2c7d89ed3c991f0cd18caf23798110408c51c113a8d1c606c0434"
                    + "e32367f3b4446af5602e2afbb2f4321490d08d10f07119a53707030c2f7b775cf0526a4cc8c0fa2ce335538c60629833"
                    + "9398effa"
            )
        ),
        Pair(
            user: user("desuser", .md5, .des),
            request: hex(
                "308189020103301102046dd3b4c0020300ffe304010702010304373035040c8000000001020304050607080201010201"
                    + "63040764657375736572040c3ea71c4568f3b4df977499e104080000000193a6958f043807eb4e6a23081857aa4e5c3a"
                    + "30e54b18146f484ef9d66fb7ae9c3bf983220257494d1c1328ad81dd833a299f73d4ff4e5cc171e17e5f29f6"
            ),
            response: hex(
                "308189020103301102046dd3b4c0020300ffe304010302010304373035040c8000000001020304050607080201010201"
                    + "63040764657375736572040c9bd96a1c610024184900b5630408000000018d26ac32043822cd5a045cde1972ea9d4024"
                    + "ea6ed3d233eb3545d926f779a972242c9c1a4a7b48a6c9e562fa3a23e55aef184be0b71c8234efaa70593723"
            )
        ),
        Pair(
            user: user("c192", .sha224, .aes192c),
            request: hex(
                "308185020103301102042c1cc0cd020300ffe304010702010304383036040c8000000001020304050607080201010201"
                    + "630404633139320410cb553eccd5428ee461753c0ed002e136040821a7b6da28e906990433a423971fc52db8c543bc95"
                    + "0ea907c90e31ce5f0c314aeb9d53bbb7305d1eddeb4d7d96fce12f3a38982c69d886e1a8b5517428"
            ),
            response: hex(
                "308186020103301102042c1cc0cd020300ffe304010302010304383036040c8000000001020304050607080201010201"
                    + "630404633139320410121adec4e99d9b67f89feaceed0267910408c51c113a8d1c606d04348e66dc6b60f3d7e1aa2377"
                    + "b495d3746be79774b1ca2c39adf399fd46d51643bb576f7b8d3b4ead3689a2e8fe28e0a0a9050a57e0"
            )
        ),
        Pair(
            user: user("b256", .sha512, .aes256),
            request: hex(
                "3081a502010330110204729951b8020300ffe304010702010304583056040c8000000001020304050607080201010201"
                    + "6304046232353604304a0b5f5173fc35046f9c2732e280eb9a24af397a36af13901172b8bc6ce2fcb65f4b8dbe42ef7b"
                    + "63c8b79b539cf9e3c80408ce59efb056917dd704335c431bc1a5917d559853bac0af081b38f457f9f2b64f0cd11b00da"
                    + "1a4d5df41c58cc72e01f43748052d319329614f9299f5e98"
            ),
            response: hex(
                "3081a602010330110204729951b8020300ffe304010302010304583056040c8000000001020304050607080201010201"
                    + "630404623235360430a60ea69cfaf86bb5dc1f7343d8ae31947f433e001ec0f0b98172e60752ec16b0f8a66b5f574301"
                    + "62720645603edafa5f0408c51c113a8d1c606e0434146f1bb3b4542b42315dd05096fb47e90168c67c89f1ab59587777"
                    + "7c5bbf3937b7ba859785ce7ae418c5254943cde5f33bc09c90"
            )
        ),
    ]

    static func user(_ name: String, _ digest: AuthenticationProtocol, _ cipher: PrivacyProtocol) -> USMUser {
        USMUser(
            name,
            level: .authPriv,
            authentication: .init(digest, password: Array("maplesyrup".utf8)),
            privacy: .init(cipher, password: Array("pancakes1".utf8))
        )
    }
}

/// The bytes of a text of hexadecimal digits; blanks are left out.
func hex(_ text: String) -> [UInt8] {
    let digits = text.filter { $0 != " " }
    return stride(from: 0, to: digits.count, by: 2).compactMap { offset in
        let start = digits.index(digits.startIndex, offsetBy: offset)
        return UInt8(digits[start...].prefix(2), radix: 16)
    }
}

func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
