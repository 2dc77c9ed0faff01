/// Variants of the other attacks: the same ends by other ways.
package enum VariantAttacks {
    package static let all = strings + control + coroutines + tables

    package static let strings = [
        Attack(
            "methodsThroughTheStringMetatable",
            #"local s=("a"):rep(2000) while true do s.find(s, (".-"):rep(8).."b") end"#
        ),
        Attack("indexOfStrings", #"local s="x" while true do local y=s[{}] local z=s.rep(s, 8e6) end"#),
        Attack(
            "concatWithAHugeSeparator",
            #"local s=(","):rep(8e6) while true do pcall(table.concat, {1,2,3,4,5,6,7,8,9}, s) end"#
        ),
        Attack(
            "concatOfManyHugeItems",
            #"local s,t=("x"):rep(8e6),{} for i=1,16384 do t[i]=s end pcall(table.concat, t)"#
        ),
        Attack(
            "repInAnIndexChain",
            #"local t=setmetatable({},{__index=function(t,k) return ("x"):rep(k) end}) while true do pcall(function() return t[8e6] .. t[7e6] end) end"#
        ),
        Attack("codesOfALongString", #"local s=("\u{7ff}"):rep(4e6) while true do for _ in utf8.codes(s) do end end"#),
        Attack(
            "codesOfInvalidBytes",
            #"local s=("\xff"):rep(8e6) while true do pcall(function() for _ in utf8.codes(s) do end end) utf8.len(s, 1, -1, true) end"#
        ),
        Attack(
            "offsetInContinuationBytes",
            #"local s=("\x80"):rep(8e6) while true do pcall(utf8.offset, s, -1) pcall(utf8.offset, s, 2, 1) end"#
        ),
        Attack(
            "formatOfHugeFloats",
            #"while true do string.format("%99.99f", 1.7e308) string.format("%.99a %.99e %.99g", 1/3, 1/3, 1/3) end"#
        ),
        Attack("formatWithMissingArguments", #"while true do pcall(string.format, ("%d"):rep(30000)) end"#),
        Attack("upperInsideGsub", #"local s=("a"):rep(1e5) while true do s:gsub(".", string.upper) end"#),
        Attack(
            "gsubInsideGsub",
            #"local function f(s) return (s:gsub(".", f)) end while true do pcall(f, ("a"):rep(100)) end"#
        ),
        Attack("gmatchWithAnEmptyMatch", #"while true do for _ in ("x"):rep(1e6):gmatch("()") do end end"#),
        Attack("matchWithManyCaptures", #"local s=("a"):rep(1e6) while true do s:match(("(a)"):rep(31)..".-b") end"#),
        Attack("frontierOverSets", #"("a "):rep(4e6):gsub("%f[%w]%w-%f[%W]b", "")"#),
        Attack(
            "dateFormats",
            #"while true do for _, f in ipairs{"%c","%x","%Ec","!%c","*t","!*t","%%","%"} do pcall(os.date, f:rep(300), 2^53) end end"#
        ),
        Attack(
            "timeFromHugeFields",
            #"while true do pcall(os.time, {year=math.maxinteger, month=math.mininteger, day=1}) pcall(os.date, "*t", math.maxinteger) end"#
        ),
    ]

    package static let control = [
        Attack(
            "deepPcallChain",
            "local f = error for i = 1, 1e5 do local g = f f = function() return pcall(g) end end while true do f() end"
        ),
        Attack(
            "pcallOfPcall",
            "local function f(...) return pcall(pcall, f, ...) end while true do pcall(f, pcall) end"
        ),
        Attack(
            "pcallWithManyPcalls",
            "local t = {} for i = 1, 7000 do t[i] = pcall end while true do pcall(table.unpack(t)) end"
        ),
        Attack("xpcallOfXpcall", "local function f() return xpcall(xpcall, f, f, f) end while true do f() end"),
        Attack(
            "handlerThatIsPcall",
            "while true do xpcall(error, pcall, error) xpcall(error, xpcall) xpcall(error, coroutine.wrap(function(e) while true do coroutine.yield(e) end end)) end"
        ),
        Attack("handlerThatOverflows", "local function f() return 1 + f() end while true do xpcall(f, f) end"),
        Attack(
            "handlerAfterAnOverflow",
            "local function f() return 1 + f() end xpcall(f, function() while true do end end)"
        ),
        Attack(
            "handlerAfterAnOverflowMatches",
            #"local function f() return 1 + f() end xpcall(f, function() return ("a"):rep(1e5):find((".-"):rep(9).."b") end)"#
        ),
        Attack(
            "errorObjectsWithToString",
            "local e = setmetatable({}, {__tostring = function() while true do end end}) while true do pcall(error, e) pcall(tostring, e) end"
        ),
        Attack(
            "errorWithLevels",
            "while true do pcall(error, ('x'):rep(1e6), 2^31 - 1) pcall(error, 'x', math.mininteger) end"
        ),
        Attack(
            "assertWithLongMessages",
            "local s = ('x'):rep(8e6) while true do pcall(assert, false, s) pcall(assert, nil, {}) end"
        ),
        Attack(
            "gotoInsideClosures",
            "do local i = 0 ::top:: i = i + 1 local f = function() return i end if f() then goto top end end"
        ),
        Attack("numericLoops", "for i = math.mininteger, math.maxinteger do end"),
        Attack("floatLoops", "for i = 0, math.huge do end"),
        Attack(
            "selectFromTheEnd",
            "local t = {} for i = 1, 7999 do t[i] = i end while true do select('#', select(-1, table.unpack(t))) end"
        ),
        Attack(
            "selectBomb",
            "local function f(...) return select('#', ...), f(...) end while true do pcall(f, table.unpack({}, 1, 7000)) end"
        ),
        Attack(
            "callOfAString",
            "getmetatable('') local s = 'x' while true do pcall(s) pcall(function() return s() end) end"
        ),
        Attack(
            "rawFunctionsInALoop",
            "local t = {} while true do rawset(t, rawlen(t) + 1, t) rawequal(t, t) rawget(t, t) end"
        ),
    ]

    package static let coroutines = [
        Attack(
            "wrapInsideGsub",
            "local s = ('a'):rep(1e6) while true do s:gsub('.', coroutine.wrap(function(c) while true do coroutine.yield(c) end end)) end"
        ),
        Attack(
            "gsubSuspendedAndForgotten",
            "while true do coroutine.wrap(function() ('a'):rep(1e6):gsub('.', coroutine.yield) end)() end"
        ),
        Attack(
            "sortSuspendedAndForgotten",
            "while true do coroutine.wrap(function() table.sort({3, 2, 1}, coroutine.yield) end)() end"
        ),
        Attack(
            "closeThatYields",
            """
            while true do
              local co = coroutine.wrap(function()
                local x <close> = setmetatable({}, {__close = function() while true do coroutine.yield() end end})
              end)
              for i = 1, 1e6 do co() end
            end
            """
        ),
        Attack(
            "closeThatThrows",
            """
            while true do
              pcall(function()
                local a <close> = setmetatable({}, {__close = function() error({}) end})
                local b <close> = setmetatable({}, {__close = function() error(('x'):rep(1e6)) end})
                error("c")
              end)
            end
            """
        ),
        Attack(
            "manyClosingValues",
            """
            local m = {__close = function() end}
            local function f(n) local x <close> = setmetatable({}, m) if n > 0 then f(n - 1) end end
            while true do pcall(f, 1e6) end
            """
        ),
        Attack(
            "closeInAnIterator",
            "while true do for _ in next, {1}, nil, setmetatable({}, {__close = function() while true do end end}) do break end end"
        ),
        Attack(
            "resumeOfItself",
            "local co co = coroutine.create(function() while true do coroutine.resume(co) end end) coroutine.resume(co)"
        ),
        Attack(
            "coroutinesInARing",
            """
            local a, b
            a = coroutine.wrap(function() while true do pcall(b) coroutine.yield() end end)
            b = coroutine.wrap(function() while true do pcall(a) coroutine.yield() end end)
            while true do a() b() end
            """
        ),
        Attack(
            "statusFlood",
            "local co = coroutine.create(function() end) while true do coroutine.status(co) coroutine.isyieldable(co) coroutine.running() end"
        ),
        Attack(
            "resumeWithManyValues",
            "local co = coroutine.wrap(function(...) while true do coroutine.yield(...) end end) local t = {} for i = 1, 7999 do t[i] = i end while true do co(table.unpack(t)) end"
        ),
        Attack(
            "metamethodsThatYield",
            "local t = setmetatable({}, {__index = coroutine.yield, __len = coroutine.yield}) while true do pcall(coroutine.wrap(function() return t.x, #t end)) end"
        ),
    ]

    package static let tables = [
        Attack(
            "lengthThatLies",
            "local t = setmetatable({}, {__len = function() return 2^31 - 2 end}) while true do pcall(table.sort, t) pcall(table.concat, t) end"
        ),
        Attack(
            "lengthThatNeverEnds",
            "local t = setmetatable({}, {__len = function() while true do end end}) table.unpack(t)"
        ),
        Attack(
            "indexThatGrows",
            "local t = setmetatable({}, {__index = function(t, k) t[k] = {} return t[k] end}) table.concat(t, '', 1, math.maxinteger)"
        ),
        Attack(
            "newIndexThatLoops",
            "local t = setmetatable({}, {__newindex = function(t, k, v) t[k] = v end}) while true do pcall(table.insert, t, 1) end"
        ),
        Attack(
            "sortThatChangesItsTable",
            "local t = {} for i = 1, 1e4 do t[i] = i end while true do pcall(table.sort, t, function(a, b) t[#t + 1] = 1 t[#t // 2] = nil return true end) end"
        ),
        Attack(
            "moveOntoItself",
            "local t = setmetatable({}, {__index = function() return 1 end}) table.move(t, 1, 1e15, 1)"
        ),
        Attack("moveFromAString", "table.move('x', 1, math.maxinteger - 1, 1, {})"),
        Attack(
            "nextWithChangingKeys",
            "local t = {} for i = 1, 1e5 do t[i .. ''] = i end while true do for k in pairs(t) do t[k] = nil t[k] = 1 end end"
        ),
        Attack(
            "pairsWithMetamethod",
            "local t = setmetatable({}, {__pairs = function() return function() return 1 end end}) for _ in pairs(t) do end"
        ),
        Attack("deepNesting", "local t = {} while true do t = {t} end"),
        Attack(
            "keysWithEqualHashes",
            "local t = {} for i = 1, 1e6 do t[i * 2^32] = i t[2^53 + i * 2^20] = i end while true do end"
        ),
        Attack(
            "stringsWithEqualHashes",
            #"local t = {} for i = 1, 1e6 do t[("x"):rep(40) .. i .. ("y"):rep(40)] = i end"#
        ),
    ]
}
