/// The table library, on plain tables and on tables with metamethods that write down what is read and written.
enum TableFuzz {
    static let cases = FuzzCases(name: "tables", source: tables + comparators + calls)

    private static let tables = #"""
        local function value()
          local kind = random(20)
          if kind == 1 then return "x" elseif kind == 2 then return {} elseif kind == 3 then return random(2) == 1
          elseif kind == 4 then return random(9) + 0.5
          else return random(40) end
        end
        local function contents()
          local t, uniform = {}, random(4) > 1
          for i = 1, random(25) - 1 do t[i] = uniform and random(40) or value() end
          return t
        end
        local function proxy(t)
          return setmetatable({}, {
            __len = function() return #t end,
            __index = function(_, key) note_call("get", key) return t[key] end,
            __newindex = function(_, key, new) note_call("set", key, new) t[key] = new end,
          })
        end
        local odd = {
          setmetatable({}, {__len = function() return "2" end}), setmetatable({1, 2}, {__index = 5}), setmetatable({}, {__newindex = 5}), 5, "x", false,
        }
        local function number()
          local kind = random(30)
          if kind == 1 then return "2" elseif kind == 2 then return 1.5 elseif kind == 3 then return {}
          elseif kind == 4 then return "x" elseif kind == 5 then return 3.0 end
          return random(30) - 3
        end

        """#

    /// The order of the calls must be Lua's, hence a comparator may answer by chance; above 100 items Lua's own choice of
    /// pivots is by chance.
    private static let comparators = #"""
        local function less(a, b) return a < b end
        local comparators = {
          less, less, function(a, b) return a > b end, function(a, b) return a <= b end,
          function() return random(2) == 1 end, function() return true end, function() return false end,
          function(a, b) if random(30) == 1 then error("stop") end return a < b end, 7,
        }
        local function sort_many()
          local t = {}
          for i = 1, 100 + random(400) do t[i] = random(1000) end
          local count, sum = #t, 0
          local before = {}
          for i = 1, count do before[t[i]] = (before[t[i]] or 0) + 1 end
          pcall(table.sort, t, random(2) == 1 and function() return random(2) == 1 end or function(a, b) return a <= b end)
          for i = 1, count do
            before[t[i]] = before[t[i]] - 1
            sum = sum + before[t[i]]
          end
          table.sort(t, less)
          for i = 2, count do assert(t[i - 1] <= t[i]) end
          return #t == count
        end

        """#

    private static let calls = #"""
        local function case()
          local t, u = contents(), contents()
          begin(show(table.unpack(t)))
          if random(2) == 1 then t = proxy(t) end
          if random(3) == 1 then u = proxy(u) end
          any_error = random(15) == 1
          if any_error then t = pick(odd) end
          local kind, i, j, k = random(12), number(), number(), number()
          if kind == 1 then call("insert", table.insert, t, i)
          elseif kind <= 3 then call("insertAt", table.insert, t, i, j)
          elseif kind == 4 then call("insertCount", table.insert, table.unpack({t, 1, 2, 3}, 1, random(4)))
          elseif kind == 5 then call("remove", table.remove, t)
          elseif kind == 6 then call("removeAt", table.remove, t, i)
          elseif kind == 7 then call("move", table.move, t, i, j, k)
          elseif kind == 8 then call("moveTo", table.move, t, i, j, k, u)
          elseif kind == 9 then call("concat", table.concat, t, pick({"", ", ", 5}))
          elseif kind == 10 then call("concatRange", table.concat, t, "-", i, j)
          elseif kind == 11 then call("unpack", table.unpack, t, i, j)
          else call("sort", table.sort, t, random(3) > 1 and pick(comparators) or nil) end
          local no_length = setmetatable({}, {__len = function() return "x" end})
          call("length", pick({table.concat, table.unpack, table.remove, table.sort}), no_length)
          call("after", function() return rawlen(t), table.unpack(t, 1, 30) end)
          if random(20) == 1 then call("sortMany", sort_many) end
          for _, at in ipairs({math.maxinteger, math.mininteger, math.maxinteger - 2}) do
            call("concatSeparator", table.concat, {1, 2}, pick({{}, false, pairs}))
            call("unpackAtTheEnd", table.unpack, {[at] = 1}, at, at)
            call("moveAtTheEnd", table.move, {1, 2, 3}, 1, 3, at)
            call("moveNothing", table.move, {}, at, random(5), random(5))
            call("concatAtTheEnd", table.concat, {[at] = "x"}, ",", at, at)
          end
        end

        """#
}
