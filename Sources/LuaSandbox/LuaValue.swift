import CLua

/// A copy of a Lua value of the types that have a meaning outside of Lua.
package indirect enum LuaValue: Sendable, Hashable {
    case `nil`
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    case string([UInt8])
    /// Items 1...n, and all other entries in the order of their keys.
    case table(items: [LuaValue], fields: [Field])
    /// A light userdata, by its address.
    case pointer(UInt)
    /// A function, coroutine or full userdata, by the name of its type.
    case opaque(String)

    package struct Field: Sendable, Hashable {
        package let key: LuaValue
        package let value: LuaValue
    }

    package var string: String? {
        if case .string(let bytes) = self { String(decoding: bytes, as: UTF8.self) } else { nil }
    }

    /// Whether it is a string with these bytes; decodes nothing.
    package func isString(_ text: String) -> Bool {
        if case .string(let bytes) = self {
            bytes.count == text.utf8.count && bytes.elementsEqual(text.utf8)
        } else {
            false
        }
    }

    package var typeName: String {
        switch self {
        case .nil: "nil"
        case .boolean: "boolean"
        case .integer, .number: "number"
        case .string: "string"
        case .table: "table"
        case .pointer: "userdata"
        case .opaque(let name): name
        }
    }

    /// The value of a string key.
    package subscript(_ key: String) -> LuaValue? {
        guard case .table(_, let fields) = self else { return nil }
        return fields.first { $0.key.isString(key) }?.value
    }
}

/// Why a value could not be copied out of Lua.
package enum CopyError: Error {
    case tooDeep
    case tooLarge
    case tooManyBytes
    /// The run has to end, which the sandbox says in its own words.
    case stopped

    package var text: String {
        switch self {
        case .stopped: "stopped"
        case .tooDeep: "table is nested deeper than \(LuaValueReader.depthLimit) levels"
        case .tooLarge: "table has more entries than may be copied"
        case .tooManyBytes: "strings of the table are longer than may be copied"
        }
    }
}

/// Copies values from a Lua stack, with raw access only, so that no script code runs.
package struct LuaValueReader {
    package static let depthLimit = 100
    /// What a table of options may have: entries, and bytes of all strings.
    package static let options = (entries: 10_000, bytes: 16 << 20)
    /// What a document may have; one string may be in a table many times, so the state's memory does not limit them.
    package static let document = (entries: 1_000_000, bytes: 64 << 20)
    /// What a copied entry takes, about.
    private static let entrySize = 128
    /// Entries between two looks at the limits.
    private static let lookInterval = 256

    private let call: HostCall
    private var state: OpaquePointer { call.state }
    private let limit: (entries: Int, bytes: Int)
    private var entries = 0
    private var bytes = 0

    /// The copy takes no more than the limits, nor more than the memory that the plugin may still use.
    package init(_ call: HostCall, limit: (entries: Int, bytes: Int) = Self.options) {
        self.call = call
        let left = call.memoryLeft
        self.limit = (min(limit.entries, left / Self.entrySize), min(limit.bytes, left))
    }

    package mutating func read(_ index: Int) throws(CopyError) -> LuaValue {
        try read(lua_absindex(state, Int32(index)), depth: 0)
    }

    private mutating func read(_ index: Int32, depth: Int) throws(CopyError) -> LuaValue {
        switch lua_type(state, index) {
        case LUA_TNIL: return .nil
        case LUA_TBOOLEAN: return .boolean(lua_toboolean(state, index) != 0)
        case LUA_TNUMBER:
            return lua_isinteger(state, index) != 0
                ? .integer(Int(lua_tointegerx(state, index, nil))) : .number(lua_tonumberx(state, index, nil))
        case LUA_TSTRING:
            var length = 0
            let start = clua_to_bytes(state, index, &length)
            bytes += length
            guard bytes <= limit.bytes else { throw .tooManyBytes }
            return .string([UInt8](UnsafeRawBufferPointer(start: start, count: length)))
        case LUA_TTABLE: return try readTable(index, depth: depth)
        case LUA_TLIGHTUSERDATA: return .pointer(UInt(bitPattern: lua_touserdata(state, index)))
        default: return .opaque(String(cString: lua_typename(state, lua_type(state, index))))
        }
    }

    private mutating func readTable(_ index: Int32, depth: Int) throws(CopyError) -> LuaValue {
        guard depth < Self.depthLimit, lua_checkstack(state, 4) != 0 else { throw .tooDeep }
        let count = Int(lua_rawlen(state, index))
        var items: [LuaValue] = []
        var fields: [LuaValue.Field] = []
        let top = lua_gettop(state)
        defer { lua_settop(state, top) }
        for item in 0..<count {
            try charge()
            lua_rawgeti(state, index, lua_Integer(item + 1))
            items.append(try read(top + 1, depth: depth + 1))
            lua_settop(state, top)
        }
        lua_pushnil(state)
        while lua_next(state, index) != 0 {
            try charge()
            let key = try read(top + 1, depth: depth + 1)
            if case .integer(let number) = key, number >= 1, number <= count {
                lua_settop(state, top + 1)
                continue
            }
            fields.append(.init(key: key, value: try read(top + 2, depth: depth + 1)))
            lua_settop(state, top + 1)
        }
        return .table(items: items, fields: fields)
    }

    private mutating func charge() throws(CopyError) {
        entries += 1
        guard entries <= limit.entries else { throw .tooLarge }
        if entries % Self.lookInterval == 0, call.mustStop { throw .stopped }
    }
}
