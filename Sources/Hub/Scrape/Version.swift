/// What the program and its parts call themselves.
enum Version {
    static let program = "0.1.0"
    static let lua = "5.4"

    #if swift(>=6.4)
    static let swift = "6.4"
    #elseif swift(>=6.3)
    static let swift = "6.3"
    #else
    static let swift = "6.2"
    #endif
}
