/// Why a text is not a JSON document, and at which byte.
struct JSONError: Error, Equatable {
    enum Cause: Equatable {
        /// Something else had to be here, in the words of the message.
        case expected(StaticText)
        case controlCharacter
        case leadingZero
        case openString
        case tooDeep
        case tooLarge
        case trailing
        case unknownEscape
    }

    /// A text of the program itself.
    enum StaticText: String {
        case colon = #"":""#
        case commaOrBrace = #""," or "}""#
        case commaOrBracket = #""," or "]""#
        case digit = "a digit"
        case hexadecimal = "four hexadecimal digits"
        case key = "a key"
        case keyOrBrace = #"a key or "}""#
        case value = "a value"
    }

    let cause: Cause
    /// The offset of the byte where the rule is broken.
    let offset: Int

    /// The message with line and column, which are counted in characters from 1.
    func text(in document: UnsafeRawBufferPointer) -> String {
        var line = 1
        var column = 1
        for byte in document.prefix(offset) {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        return "line \(line), column \(column): \(reason)"
    }

    private var reason: String {
        switch cause {
        case .expected(let what): "expected \(what.rawValue)"
        case .controlCharacter: "control character must be escaped in a string"
        case .leadingZero: "number must not start with a zero"
        case .openString: "string is not closed"
        case .tooDeep: "value must not be nested deeper than \(JSONReader.depthLimit) levels"
        case .tooLarge: "document needs more memory than the plugin may still use, see limits.memory"
        case .trailing: "nothing may follow the value"
        case .unknownEscape: "unknown escape"
        }
    }
}
