/// What may follow an IAC (RFC 854, page 14).
enum NegotiationByte {
    static let subnegotiationEnd: UInt8 = 240
    static let noOperation: UInt8 = 241
    static let areYouThere: UInt8 = 246
    static let subnegotiation: UInt8 = 250
    static let will: UInt8 = 251
    static let wont: UInt8 = 252
    static let `do`: UInt8 = 253
    static let dont: UInt8 = 254
    static let interpretAsCommand: UInt8 = 255
}

/// The options that are accepted; every other one is refused.
enum NegotiationOption {
    /// RFC 857.
    static let echo: UInt8 = 1
    /// RFC 858.
    static let suppressGoAhead: UInt8 = 3
    /// RFC 1091.
    static let terminalType: UInt8 = 24
    /// RFC 1073.
    static let windowSize: UInt8 = 31
}
