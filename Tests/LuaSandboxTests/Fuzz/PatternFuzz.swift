/// Random patterns, subjects and replacements.
enum PatternFuzz {
    static let cases = FuzzCases(name: "patterns", source: generators + replacements + calls)

    private static let generators = #"""
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

        """#

    private static let replacements = #"""
        local replacements = {
          "", "<%0>", "%1", "%2", "%%", "%1%1", "%", "%x", "x", 12, {a = "A", b = false, [1] = 7, x = {}},
          function(a, b) return b end, function(a) return a and tostring(a) .. "!" end,
          setmetatable({}, {__index = function(_, k) return k ~= "a" and k end}), setmetatable({}, {__index = {a = "q"}})}

        """#

    private static let calls = #"""
        local function case()
          local s, p = subject(), pattern()
          local init = random(3) == 1 and random(30) - 15 or nil
          local limit = random(4) == 1 and random(5) - 2 or nil
          local replacement = pick(replacements)
          local plain = random(8) == 1
          begin(s, p, init, limit, replacement, plain)
          call("find", string.find, s, p, init, plain)
          call("match", string.match, s, p, init)
          call("gsub", string.gsub, s, p, replacement, limit)
          call("gsubByFunction", string.gsub, s, p, function(...)
            note_call("called", ...)
            if random(20) == 1 then error("stop") end
            return pick({false, "r", 5, "%0", (...)})
          end, limit)
          call("gsubByTable", string.gsub, s, p, setmetatable({a = "A", [1] = "one"}, {
            __index = function(_, key) note_call("indexed", key) return pick({"i", false, 1.5}) end,
          }), limit)
          call("gmatch", function()
            local all = {}
            for a, b, c in s:gmatch(p, init) do all[#all + 1] = show(a, b, c) end
            return table.concat(all, ";")
          end)
          call("method", function() return s:find(p, init) end)
        end

        """#
}
