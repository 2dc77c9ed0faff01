import LuaSandbox

/// `json`: JSON documents (RFC 8259) and Lua values.
///
/// `json.decode(text)` answers the value, or `nil, message` with line and column. Arrays and objects become tables, null
/// becomes `json.null`. `json.encode(value)` answers the text or raises; see `JSONWriter` for the rules.
enum JSONAPI {
    static let functions: [(name: String, function: HostFunction)] = [("decode", decode), ("encode", encode)]

    /// The address of the light userdata `json.null`, which is only compared and never read.
    static let nullAddress: UInt = 0x6E75_6C6C

    private static let decode: HostFunction = { state in
        guard let call = HostCall(state) else { return 0 }
        guard let document = call.bytes(1) else { return call.badArgument(1, to: "json.decode", expected: "string") }
        do throws(JSONError) {
            return call.answer(try JSONReader.decode(document, limit: call.memoryLeft, until: { call.mustStop }))
        } catch {
            return call.mustStop ? call.stop() : call.answer(failure: error.text(in: document))
        }
    }

    private static let encode: HostFunction = { state in
        guard let call = HostCall(state) else { return 0 }
        guard call.count >= 1 else { return call.badArgument(1, to: "json.encode", expected: "value") }
        var reader = LuaValueReader(call, limit: LuaValueReader.document)
        let value: LuaValue
        do throws(CopyError) {
            value = try reader.read(1)
        } catch {
            return call.fail("json.encode: \(error.text)")
        }
        do throws(JSONWriter.Failure) {
            return try JSONWriter.encode(value, until: { call.mustStop }).withUnsafeBytes { call.answer(bytes: $0) }
        } catch {
            return call.fail("json.encode: \(error.text)")
        }
    }
}
