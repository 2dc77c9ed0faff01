import CLua
import Foundation
import LuaSandbox
import Testing

/// Random patterns and subjects through Lua's own string functions and ours: results and error texts are equal.
@Suite struct PatternFuzzTests {
    /// Cases per seed.
    static let cases = 500

    @Test(arguments: 1...44)
    func resultsAreThoseOfLua(seed: Int) throws {
        try compare(seed: seed)
    }

    /// A longer run, for as many seconds as the environment says.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["FUZZ_SECONDS"] != nil))
    func resultsAreThoseOfLuaForLong() throws {
        let seconds = ProcessInfo.processInfo.environment["FUZZ_SECONDS"].flatMap { Int($0) } ?? 0
        let end = ContinuousClock.now + .seconds(seconds)
        var seed = Int.random(in: 1000..<1 << 40)
        while ContinuousClock.now < end {
            try compare(seed: seed)
            seed += 1
        }
    }

    private func compare(seed: Int) throws {
        let source = Self.source.replacing("SEED", with: "\(seed)").replacing("CASES", with: "\(Self.cases)")
        let expected = try StockLua.run(source)
        let script = try Script(limits: .init(memory: 256 << 20), cpu: .seconds(600))
        let outcome = try script.start(source)
        #expect(outcome.isFinished, "seed \(seed): \(outcome)")
        guard case .string(let text) = script.notes.first else { throw StockLua.Failure(message: "no result") }
        let found = text.split(separator: 1, omittingEmptySubsequences: false)
        let wanted = expected.split(separator: 1, omittingEmptySubsequences: false)
        #expect(found.count == wanted.count)
        for (index, (found, wanted)) in zip(found, wanted).enumerated() where found != wanted {
            let texts = [expected.split(separator: 1)[index / 6 * 6], found, wanted]
                .map { String(decoding: $0, as: UTF8.self).debugDescription }
            Issue.record("seed \(seed): \(texts[0]): \(texts[1]) is not \(texts[2])")
            return
        }
    }

    /// Makes cases with a generator of its own, and notes one text with all calls and results.
    private static let source = #"""
        local state = SEED
        local function random(n)
          state = (state * 6364136223846793005 + 1442695040888963407)
          return (state >> 33) % n + 1
        end
        local letters = {"a", "b", "A", "1", " ", "-", "%", "]", "(", ".", "\0", "\xe9", "x", "_", "^"}
        local classes = {"a", "d", "s", "w", "x", "p", "l", "u", "c", "g", "z", "A", "D", "S", "W", "-", "%", "]", ".", "y"}
        local suffixes = {"", "", "", "", "*", "+", "-", "?"}
        local function pick(t) return t[random(#t)] end
        local function set()
          local parts = {random(4) == 1 and "[^" or "["}
          for i = 1, random(3) do
            local kind = random(4)
            if kind == 1 then parts[#parts + 1] = "%" .. pick(classes)
            elseif kind == 2 then parts[#parts + 1] = pick(letters) .. "-" .. pick(letters)
            else parts[#parts + 1] = pick(letters) end
          end
          if random(20) > 1 then parts[#parts + 1] = "]" end
          return table.concat(parts)
        end
        local function item()
          local kind = random(24)
          if kind <= 7 then return pick(letters) .. pick(suffixes)
          elseif kind <= 10 then return "." .. pick(suffixes)
          elseif kind <= 13 then return "%" .. pick(classes) .. pick(suffixes)
          elseif kind <= 16 then return set() .. pick(suffixes)
          elseif kind == 17 then return "%b" .. pick(letters) .. pick(letters)
          elseif kind == 18 then return "%f" .. set()
          elseif kind == 19 then return "%" .. random(4) - 1
          elseif kind == 20 then return "()"
          elseif kind == 21 then return "("
          elseif kind == 22 then return ")"
          elseif kind == 23 then return random(2) == 1 and "$" or "^"
          else return "(" .. pick(letters) .. pick(suffixes) .. ")" end
        end
        local function pattern()
          local parts = {random(5) == 1 and "^" or ""}
          local open = random(3) == 1
          if open then parts[#parts + 1] = "(" end
          for i = 1, random(5) do parts[#parts + 1] = item() end
          if open then parts[#parts + 1] = ")" end
          if random(6) == 1 then parts[#parts + 1] = "$" end
          return table.concat(parts)
        end
        local function subject()
          local parts = {}
          for i = 1, random(20) - 1 do parts[i] = letters[random(random(#letters))] end
          return table.concat(parts)
        end
        local function show(...)
          local parts = {}
          for i = 1, select("#", ...) do
            local v = select(i, ...)
            parts[i] = math.type(v) or type(v)
            parts[#parts] = parts[#parts] .. ":" .. tostring(v)
          end
          return table.concat(parts, ",")
        end
        local replacements = {"", "<%0>", "%1", "%2", "%%", "%1%1", "%", "%x", "x", 12, {a = "A", b = false, [1] = 7, x = {}},
          function(a, b) return b end, function(a) return a and tostring(a) .. "!" end,
          setmetatable({}, {__index = function(_, k) return k ~= "a" and k end}), setmetatable({}, {__index = {a = "q"}})}
        local out = {}
        for case = 1, CASES do
          local s, p = subject(), pattern()
          local init = random(3) == 1 and random(30) - 15 or nil
          local limit = random(4) == 1 and random(5) - 2 or nil
          local replacement = pick(replacements)
          local plain = random(8) == 1
          out[#out + 1] = "case " .. case .. " " .. s .. " / " .. p .. " / " .. tostring(init)
          out[#out + 1] = "find " .. show(pcall(string.find, s, p, init, plain))
          out[#out + 1] = "method " .. show(pcall(function() return s:find(p, init) end))
          out[#out + 1] = "match " .. show(pcall(function() return s:match(p, init) end))
          out[#out + 1] = "gsub " .. show(pcall(function() return s:gsub(p, replacement, limit) end))
          out[#out + 1] = "gmatch " .. show(pcall(function()
            local all = {}
            for a, b, c in s:gmatch(p, init) do all[#all + 1] = show(a, b, c) end
            return table.concat(all, ";")
          end))
        end
        note(table.concat(out, "\1"))
        """#
}

/// Lua as it comes, with all of its libraries.
enum StockLua {
    struct Failure: Error {
        let message: String
    }

    /// Runs a source text; what it passes to `note`.
    static func run(_ source: String) throws -> [UInt8] {
        guard let state = luaL_newstate() else { throw Failure(message: "no memory") }
        defer { lua_close(state) }
        luaL_openlibs(state)
        for text in ["function note(value) result = value end", source] {
            guard luaL_loadbufferx(state, text, text.utf8.count, "@test.lua", "t") == LUA_OK,
                lua_pcallk(state, 0, 0, 0, 0, nil) == LUA_OK
            else { throw Failure(message: lua_tolstring(state, -1, nil).map { String(cString: $0) } ?? "") }
        }
        lua_getglobal(state, "result")
        var length = 0
        guard let start = lua_tolstring(state, -1, &length) else { throw Failure(message: "no result") }
        return Array(UnsafeRawBufferPointer(start: start, count: length))
    }
}
