import CLua

/// A function of the host that Lua calls.
///
/// It answers the number of its results, or what `HostCall.fail` and `HostCall.wait` return; it never raises or
/// yields itself.
package typealias HostFunction = @convention(c) (OpaquePointer?) -> Int32

/// The arguments of one call from Lua, and the ways to answer it.
package struct HostCall {
    package let state: OpaquePointer

    /// `state` is what Lua passed; it is never nil.
    package init?(_ state: OpaquePointer?) {
        guard let state else { return nil }
        self.state = state
    }

    /// The type of a Lua value.
    package enum ValueType: Int32 {
        case none = -1
        case `nil` = 0
        case boolean = 1
        case lightUserdata = 2
        case number = 3
        case string = 4
        case table = 5
        case function = 6
        case userdata = 7
        case thread = 8
    }

    private var control: UnsafeMutablePointer<clua_control> { clua_control_of(state) }

    /// The object that was given to the sandbox as its owner; nil when it is of another class.
    package func owner<Owner: AnyObject>(as type: Owner.Type) -> Owner? {
        control.pointee.owner.flatMap { Unmanaged<AnyObject>.fromOpaque($0).takeUnretainedValue() as? Owner }
    }

    /// The integer that the function was registered with.
    package var context: Int { Int(clua_host_context(state)) }

    // MARK: Arguments

    package var count: Int { Int(lua_gettop(state)) }

    package func type(_ index: Int) -> ValueType {
        ValueType(rawValue: lua_type(state, Int32(index))) ?? .none
    }

    package func typeName(_ index: Int) -> String {
        String(cString: lua_typename(state, lua_type(state, Int32(index))))
    }

    /// The bytes of a string argument; valid while it is on the stack.
    package func bytes(_ index: Int) -> UnsafeRawBufferPointer? {
        var length = 0
        guard let start = clua_to_bytes(state, Int32(index), &length) else { return nil }
        return UnsafeRawBufferPointer(start: start, count: length)
    }

    /// Bytes of names, paths, addresses and formats: what a function goes through more than once.
    package static let textLimit = 64 << 10

    /// A string argument of up to `textLimit` bytes as text.
    package func string(_ index: Int) -> String? {
        guard let bytes = bytes(index), bytes.count <= Self.textLimit else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What an argument is, for the error that it is something else.
    package func found(_ index: Int) -> String {
        if let bytes = bytes(index), bytes.count > Self.textLimit { return "one of more than \(Self.textLimit) bytes" }
        return typeName(index)
    }

    /// A number, or a string that Lua reads as one.
    package func number(_ index: Int) -> Double? {
        var isNumber: Int32 = 0
        let value = lua_tonumberx(state, Int32(index), &isNumber)
        return isNumber == 0 ? nil : value
    }

    package func integer(_ index: Int) -> Int? {
        var isInteger: Int32 = 0
        let value = lua_tointegerx(state, Int32(index), &isInteger)
        return isInteger == 0 ? nil : Int(value)
    }

    /// An integer, if the value is a number of Lua's integer subtype.
    package func integerValue(_ index: Int) -> Int? {
        lua_isinteger(state, Int32(index)) == 0 ? nil : Int(lua_tointegerx(state, Int32(index), nil))
    }

    /// Whether the table at `index` has so many entries.
    package func hasFields(_ count: Int, _ index: Int) -> Bool {
        var found = 0
        lua_pushnil(state)
        while lua_next(state, Int32(index)) != 0 {
            lua_settop(state, -2)
            found += 1
            guard found <= count else {
                lua_settop(state, -2)
                return false
            }
        }
        return found == count
    }

    /// Pushes the field of the table at `index`, without metamethods; false, and nothing pushed, when there is none.
    package func pushField(_ name: String, of index: Int) -> Bool {
        var name = name
        let status = name.withUTF8 { clua_push_bytes(state, $0.baseAddress, $0.count) }
        guard status == LUA_OK else { return false }
        guard lua_rawget(state, Int32(index)) != LUA_TNIL else {
            lua_settop(state, -2)
            return false
        }
        return true
    }

    /// A value for an error message: a short string in quotes, anything else by its type.
    package func describe(_ index: Int) -> String {
        guard type(index) == .string, let bytes = bytes(index) else { return typeName(index) }
        return "\"\(String(decoding: bytes.prefix(160), as: UTF8.self).prefix(40))\""
    }

    package func boolean(_ index: Int) -> Bool { lua_toboolean(state, Int32(index)) != 0 }

    // MARK: Limits

    /// Whether the run has to end; a host function that works for long asks now and then, and answers `stop()`.
    package var mustStop: Bool { clua_must_stop(control) != 0 }

    /// Bytes that state and host may still take together.
    package var memoryLeft: Int {
        let used = control.pointee.memory_used + control.pointee.memory_host
        return control.pointee.memory_soft == 0 ? .max : max(0, control.pointee.memory_soft - used)
    }

    // MARK: Answers

    /// Raises why the run has to end.
    package func stop() -> Int32 { fail(String(cString: clua_trip_message(control.pointee.tripped))) }

    /// Raises an error with the position of the caller; where the run has to end, that.
    package func fail(_ message: String) -> Int32 {
        let trip = control.pointee.tripped
        control.setMessage(trip == 0 ? message : String(cString: clua_trip_message(trip)))
        return Int32(CLUA_ERROR)
    }

    /// Raises `bad argument` in the words of Lua's own functions.
    package func badArgument(_ index: Int, to name: String, expected: String) -> Int32 {
        fail("bad argument #\(index) to '\(name)' (\(expected) expected, got \(found(index)))")
    }

    /// Suspends the coroutine; the host resumes it with the results.
    package func wait() -> Int32 { Int32(CLUA_WAIT) }

    /// Whether the coroutine may be suspended here.
    package var canWait: Bool { clua_can_wait(state) != 0 }

    package func answer(bytes: UnsafeRawBufferPointer) -> Int32 {
        clua_push_bytes(state, bytes.baseAddress, bytes.count) == LUA_OK ? 1 : Int32(CLUA_RETHROW)
    }

    package func answer(_ text: String) -> Int32 {
        var text = text
        return text.withUTF8 { answer(bytes: UnsafeRawBufferPointer($0)) }
    }

    package func answer(_ value: Double) -> Int32 {
        lua_pushnumber(state, value)
        return 1
    }

    package func answer(_ value: Bool) -> Int32 {
        lua_pushboolean(state, value ? 1 : 0)
        return 1
    }

    /// Pushes all values of a plan as results.
    package func answer(_ plan: Plan) -> Int32 {
        let before = lua_gettop(state)
        let status = plan.bytes.withUnsafeBufferPointer { clua_push_plan(state, $0.baseAddress, $0.count) }
        return status == LUA_OK ? lua_gettop(state) - before : Int32(CLUA_RETHROW)
    }

    /// Compiles a source text and answers the function, or raises the syntax error.
    package func answer(compiling source: [UInt8], chunkName: String) -> Int32 {
        if let line = IndexChains.firstLineAboveLimit(in: source) {
            return fail("\(chunkName):\(line): expression has more than \(IndexChains.limit) indexings")
        }
        let status = source.withUnsafeBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { text in
                luaL_loadbufferx(state, text.baseAddress, text.count, "@" + chunkName, "t")
            }
        }
        return status == LUA_OK ? 1 : Int32(CLUA_RETHROW)
    }

    /// The coroutines in the array at `index`, which the caller keeps alive; nil when an item is none.
    package func fibers(_ index: Int) -> [Fiber]? {
        var fibers: [Fiber] = []
        for item in 0..<Int(lua_rawlen(state, Int32(index))) {
            lua_rawgeti(state, Int32(index), lua_Integer(item + 1))
            defer { lua_settop(state, -2) }
            guard let thread = lua_tothread(state, -1) else { return nil }
            fibers.append(Fiber(thread: thread, reference: nil))
        }
        return fibers
    }

    /// Answers `nil, message`: how an operation that failed outside says so.
    package func answer(failure message: String) -> Int32 {
        lua_pushnil(state)
        let pushed = answer(message)
        return pushed == 1 ? 2 : pushed
    }
}

extension UnsafeMutablePointer<clua_control> {
    /// Stores the text that the trampoline raises, cut at the size of its buffer.
    func setMessage(_ message: String) {
        var message = message
        message.withUTF8 { text in
            let length = Swift.min(text.count, Int(CLUA_MESSAGE_SIZE))
            withUnsafeMutableBytes(of: &pointee.message) { buffer in
                buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(text)[..<length]))
            }
            pointee.message_length = length
        }
    }
}
