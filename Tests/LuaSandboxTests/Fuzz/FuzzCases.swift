import LuaSandbox
import Testing

/// Random calls of library functions, the same for Lua's own functions and ours: results and error texts must be equal.
struct FuzzCases: Sendable, CustomTestStringConvertible {
    let name: String
    /// Lua that defines `case()`, which makes one case with the functions of `helpers`.
    let source: String

    static let all = [PatternFuzz.cases, TableFuzz.cases]
    /// Cases per seed.
    static let count = 400

    var testDescription: String { name }

    /// Runs the cases of one seed in both.
    func compare(seed: Int) throws {
        let text = text(seed: seed, count: Self.count)
        let expected = try StockLua.run(text).split(separator: 1, omittingEmptySubsequences: false)
        let limits = SandboxLimits(memory: 256 << 20, source: 1 << 20)
        let (script, outcome) = try run(seed: seed, count: Self.count, limits: limits)
        #expect(outcome.isFinished, "\(name), seed \(seed): \(outcome)")
        guard case .string(let result) = script.notes.first else { throw StockLua.Failure(message: "no result") }
        let found = result.split(separator: 1, omittingEmptySubsequences: false)
        guard let index = zip(found, expected).enumerated().first(where: { $1.0 != $1.1 })?.offset else {
            #expect(found.count == expected.count, "\(name), seed \(seed)")
            return
        }
        let start = expected[...index].lastIndex { $0.starts(with: Array("case ".utf8)) } ?? index
        let texts = [expected[start], found[index], expected[index]]
            .map { String(decoding: $0, as: UTF8.self).debugDescription }
        Issue.record("\(name), seed \(seed): \(texts[0]): \(texts[1]) is not \(texts[2])")
    }

    /// Runs the cases of one seed in the sandbox.
    func run(seed: Int, count: Int, limits: SandboxLimits) throws -> (script: Script, outcome: Fiber.Outcome) {
        let script = try Script(limits: limits, cpu: .seconds(600))
        return (script, try script.start(text(seed: seed, count: count)))
    }

    private func text(seed: Int, count: Int) -> String {
        "local seed, count = \(seed), \(count)\n" + Self.helpers + source + Self.loop
    }

    /// A generator of its own, so that both sides get the same numbers, and a list of all calls and results.
    ///
    /// Errors are compared without position, and without the name that Lua finds for a function that pcall calls; with
    /// `any_error`, where more than one thing is wrong, which error it is does not count.
    private static let helpers = #"""
        local state = seed
        local function random(n)
          state = state * 6364136223846793005 + 1442695040888963407
          return (state >> 33) % n + 1
        end
        local function pick(t) return t[random(#t)] end
        local out = {}
        local function show(...)
          local parts = {}
          for i = 1, select("#", ...) do
            local v = select(i, ...)
            local kind = math.type(v) or type(v)
            local has_address = kind == "table" or kind == "function"
            parts[i] = kind .. ":" .. (has_address and "" or tostring(v))
          end
          return table.concat(parts, ",")
        end
        local function note_call(name, ...) out[#out + 1] = name .. " " .. show(...) end
        local function begin(...) out[#out + 1] = "case " .. show(...) end
        local any_error = false
        local function call(name, f, ...)
          local result = table.pack(pcall(f, ...))
          if not result[1] and type(result[2]) == "string" then
            result[2] = any_error and "error" or result[2]:gsub("^test%.lua:%d+: ", ""):gsub(" to '[^']*'", "")
          end
          note_call(name, table.unpack(result, 1, result.n))
        end

        """#

    private static let loop = """
        for i = 1, count do case() end
        note(table.concat(out, "\\1"))
        """
}
