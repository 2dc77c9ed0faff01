import CharacterSets
import LuaSandbox

/// `text`: character sets here, work on lines and columns in `prelude`.
enum TextAPI {
    static let functions: [(name: String, function: HostFunction)] = [("decode", decode)]

    /// `text.decode(bytes, charset)` answers UTF-8 with U+FFFD for what is invalid; an unknown charset is raised.
    private static let decode: HostFunction = { state in
        guard let call = HostCall(state) else { return 0 }
        guard let bytes = call.bytes(1) else { return call.badArgument(1, to: "text.decode", expected: "string") }
        guard let name = call.string(2) else { return call.badArgument(2, to: "text.decode", expected: "string") }
        guard let charset = Charset(named: name) else {
            return call.fail("text.decode: unknown character set \"\(name.prefix(40))\"")
        }
        do throws(CharsetError) {
            return try charset.decode(bytes, until: { call.mustStop }).withUnsafeBytes { call.answer(bytes: $0) }
        } catch {
            return error.isMissing || call.mustStop
                ? call.fail("text.decode: \(error.text)") : call.answer(failure: error.text)
        }
    }
}
