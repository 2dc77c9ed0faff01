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
        return fields.first { $0.key.string == key }?.value
    }
}

/// Why a value could not be copied out of Lua.
package enum CopyError: Error {
    case tooDeep
    case tooLarge
    case tooManyBytes

    package var text: String {
        switch self {
        case .tooDeep: "table is nested deeper than \(LuaValueReader.depthLimit) levels"
        case .tooLarge: "table has more than \(LuaValueReader.entryLimit) entries"
        case .tooManyBytes: "strings of the table are longer than \(LuaValueReader.byteLimit) bytes"
        }
    }
}

/// Copies values from a Lua stack, with raw access only, so that no script code runs.
package struct LuaValueReader {
    package static let depthLimit = 100
    package static let entryLimit = 1_000_000
    /// Bytes of all strings; one may be in a table many times, so the state's memory does not limit them.
    package static let byteLimit = 64 << 20

    private let state: OpaquePointer
    private var entries = 0
    private var bytes = 0

    package init(_ call: HostCall) { self.state = call.state }

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
            guard bytes <= Self.byteLimit else { throw .tooManyBytes }
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
        guard entries <= Self.entryLimit else { throw .tooLarge }
    }
}
