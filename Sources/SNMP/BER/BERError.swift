/// What is wrong with bytes that should be BER.
enum BERError: Error, Equatable {
    case truncated
    case indefiniteLength
    case unexpectedTag(UInt8, expected: UInt8)
    case unknownType(UInt8)
    case integerTooLarge
    case subIdentifierTooLarge
    case tooManySubIdentifiers
    /// Flags or a security model that no message of ours has.
    case unsupportedSecurity

    var text: String {
        switch self {
        case .truncated: "an element is longer than what holds it"
        case .indefiniteLength: "an element has no definite length"
        case .unexpectedTag(let tag, let expected):
            "expected an element with tag \(Self.hex(expected)), got \(Self.hex(tag))"
        case .unknownType(let tag): "a value has the unknown type \(Self.hex(tag))"
        case .integerTooLarge: "an integer has more bits than its type"
        case .subIdentifierTooLarge: "a sub-identifier of an object has more than 32 bits"
        case .tooManySubIdentifiers: "an object has more than \(ObjectIdentifier.longest) sub-identifiers"
        case .unsupportedSecurity: "the message is not protected as the user-based security model does it"
        }
    }

    private static func hex(_ byte: UInt8) -> String {
        "0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
}
