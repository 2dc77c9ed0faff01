import LuaSandbox

/// Decodes one JSON document (RFC 8259) from bytes into the plan of its Lua value, in one pass without a tree.
///
/// A byte order mark in front is skipped, as the RFC allows. Of equal keys the last one wins.
struct JSONReader {
    /// Levels of arrays and objects.
    static let depthLimit = 128
    /// Bytes that the value may need in Lua, about; it keeps a small document of many tables from exhausting the state.
    static let memoryLimit = 64 << 20
    /// What a table takes in Lua 5.4 on 64 bits, without its entries.
    private static let tableSize = 56

    let start: UnsafePointer<UInt8>
    let end: UnsafePointer<UInt8>
    var at: UnsafePointer<UInt8>
    var plan: Plan
    /// A string with escapes or invalid UTF-8 is put together here.
    var scratch: [UInt8] = []
    private var tables = 0
    private let limit: Int
    /// Entries and strings between two looks whether to stop.
    private static let lookInterval = 1024
    private var entries = 0
    private let mustStop: () -> Bool

    private init(start: UnsafePointer<UInt8>, count: Int, limit: Int, until mustStop: @escaping () -> Bool) {
        self.start = start
        self.limit = min(limit, Self.memoryLimit)
        self.mustStop = mustStop
        end = start + count
        at = start
        plan = Plan()
        plan.reserve(min(2 * count, self.limit))
    }

    /// Pushes nothing but the decoded value.
    ///
    /// `limit` is for the bytes that the value may need; when `mustStop` says so, the reader fails with whatever error.
    static func decode(
        _ document: UnsafeRawBufferPointer,
        limit: Int = memoryLimit,
        until mustStop: @escaping () -> Bool = { false }
    ) throws(JSONError) -> Plan {
        guard let address = document.baseAddress else { throw JSONError(cause: .expected(.value), offset: 0) }
        let start = address.assumingMemoryBound(to: UInt8.self)
        var reader = JSONReader(start: start, count: document.count, limit: limit, until: mustStop)
        if document.starts(with: [0xEF, 0xBB, 0xBF]) { reader.at += 3 }
        reader.skipBlanks()
        try reader.readValue(depth: 0)
        reader.skipBlanks()
        guard reader.at == reader.end else { throw reader.error(.trailing) }
        return reader.plan
    }

    func error(_ cause: JSONError.Cause) -> JSONError { JSONError(cause: cause, offset: at - start) }

    /// The next byte; 0, which no rule allows anywhere, at the end.
    @inline(__always)
    var next: UInt8 { at < end ? at.pointee : 0 }

    @inline(__always)
    mutating func skipBlanks() {
        while at < end, at.pointee <= 0x20 {
            guard at.pointee == 0x20 || at.pointee == 0x0A || at.pointee == 0x0D || at.pointee == 0x09 else { return }
            at += 1
        }
    }

    private mutating func readValue(depth: Int) throws(JSONError) {
        switch next {
        case UInt8(ascii: "\""): try readString()
        case UInt8(ascii: "{"): try readObject(depth: depth)
        case UInt8(ascii: "["): try readArray(depth: depth)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try readNumber()
        case UInt8(ascii: "t"):
            try skip("true")
            plan.push(true)
        case UInt8(ascii: "f"):
            try skip("false")
            plan.push(false)
        case UInt8(ascii: "n"):
            try skip("null")
            plan.pushPointer(JSONAPI.nullAddress)
        default: throw error(.expected(.value))
        }
    }

    private mutating func skip(_ word: StaticString) throws(JSONError) {
        for index in 0..<word.utf8CodeUnitCount {
            guard at + index < end, at[index] == word.utf8Start[index] else { throw error(.expected(.value)) }
        }
        at += word.utf8CodeUnitCount
    }

    private mutating func readArray(depth: Int) throws(JSONError) {
        let table = try beginTable(depth: depth)
        var count = 0
        if next == UInt8(ascii: "]") {
            at += 1
            return
        }
        while true {
            try readValue(depth: depth + 1)
            count += 1
            plan.item(count)
            skipBlanks()
            if next == UInt8(ascii: "]") { break }
            guard next == UInt8(ascii: ",") else { throw error(.expected(.commaOrBracket)) }
            try nextEntry()
        }
        at += 1
        plan.setTableSize(at: table, items: count, fields: 0)
    }

    private mutating func readObject(depth: Int) throws(JSONError) {
        let table = try beginTable(depth: depth)
        var count = 0
        if next == UInt8(ascii: "}") {
            at += 1
            return
        }
        while true {
            guard next == UInt8(ascii: "\"") else { throw error(.expected(count == 0 ? .keyOrBrace : .key)) }
            try readString()
            skipBlanks()
            guard next == UInt8(ascii: ":") else { throw error(.expected(.colon)) }
            at += 1
            skipBlanks()
            try readValue(depth: depth + 1)
            count += 1
            plan.endField()
            skipBlanks()
            if next == UInt8(ascii: "}") { break }
            guard next == UInt8(ascii: ",") else { throw error(.expected(.commaOrBrace)) }
            try nextEntry()
        }
        at += 1
        plan.setTableSize(at: table, items: 0, fields: count)
    }

    /// Skips the opening bracket; answers where the plan keeps the table's size.
    private mutating func beginTable(depth: Int) throws(JSONError) -> Int {
        guard depth < Self.depthLimit else { throw error(.tooDeep) }
        tables += 1
        let position = plan.beginTableOfUnknownSize()
        at += 1
        skipBlanks()
        return position
    }

    /// Skips the comma between two entries.
    private mutating func nextEntry() throws(JSONError) {
        guard plan.byteCount + tables * Self.tableSize <= limit else { throw error(.tooLarge) }
        entries += 1
        if entries % Self.lookInterval == 0, mustStop() { throw error(.tooLarge) }
        at += 1
        skipBlanks()
    }
}
