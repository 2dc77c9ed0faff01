import Glibc
import Testing

/// What a router sends; shapes of RTX1200 and RTX810, values of our own.
enum Router {
    static let password = bytes("\r\nPassword: ")
    static let banner = bytes(
        """
        \r
        \r
        RTX1200 Rev.10.01.76 (Fri Apr 13 11:12:13 2018)\r
          Copyright (c) 1994-2018 Example Corporation. All Rights Reserved.\r
          Copyright (c) 2001 Somebody <some@body.example>\r
        00:53:00:00:00:01, 00:53:00:00:00:02, 00:53:00:00:00:03, \r
        Memory 128Mbytes, 3LAN, 1BRI\r

        """
    )

    static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    static func login(prompt: String = "> ") -> [Step] {
        [.peer(password), .sent("hirake-goma\r"), .peer(banner + bytes(prompt))]
    }

    /// A login, and one command with its answer: echo, text and prompt.
    static func exchange(_ command: String, _ answer: [UInt8], prompt: String = "> ") -> [Step] {
        login(prompt: prompt) + [.command(command), .peer(bytes(command + " \r\n") + answer + bytes(prompt))]
    }
}

/// A character set that a router can be set to.
struct Encoding: CustomStringConvertible, Sendable {
    let name: String
    private let iconvName: String

    static let all: [Encoding] = [.shiftJIS, .euc, .utf8]
    static let shiftJIS = Encoding(name: "shift_jis", iconvName: "CP932")
    static let euc = Encoding(name: "euc-jp", iconvName: "EUC-JP-MS")
    static let utf8 = Encoding(name: "utf-8", iconvName: "UTF-8")

    var description: String { name }

    func bytes(_ text: String) throws -> [UInt8] {
        let converter = try #require(iconv_open(iconvName, "UTF-8"))
        defer { iconv_close(converter) }
        var input = text.utf8.map(CChar.init(bitPattern:))
        var output = [CChar](repeating: 0, count: 2 * input.count)
        let used = try input.withUnsafeMutableBufferPointer { input in
            try output.withUnsafeMutableBufferPointer { output in
                var (from, fromLeft) = (input.baseAddress, input.count)
                var (to, toLeft) = (output.baseAddress, output.count)
                try #require(iconv(converter, &from, &fromLeft, &to, &toLeft) == 0)
                return output.count - toLeft
            }
        }
        return output.prefix(used).map(UInt8.init(bitPattern:))
    }
}
