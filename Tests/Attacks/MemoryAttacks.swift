/// Scripts that want more memory than they may have, or that reach the memory-unsafe paths of 5.4.4.
package enum MemoryAttacks {
    package static let floods = [
        Attack("repOfAGigabyte", "string.rep('x', 1e9)"),
        Attack("tableFlood", "local t={} while true do t[#t+1]={} end"),
        Attack(
            "tableFloodInPcall",
            "local t={} local function f() while true do t[#t+1]={} end end while true do pcall(f) end"
        ),
        Attack("arrayFlood", "local t={} for i=1,1e9 do t[i]=i end"),
        Attack("internFlood", "local t={} for i=1,1e9 do t[i]='k'..i end"),
        Attack("keyFlood", "local t={} for i=1,1e9 do t['k'..i]=true end"),
        Attack("closureFlood", "local t={} while true do t[#t+1]=function() return t end end"),
        Attack("concatenationFlood", "local s='x' while true do s=s..s end"),
        Attack("concatenationInPcall", "local s='x' while true do pcall(function() s=s..s end) end"),
        Attack("concatenationChain", "local a=('x'):rep(1e6) while true do local b=a..a..a..a..a..a..a end"),
        Attack("longStringsKept", "local t={} while true do pcall(function() t[#t+1]=('x'):rep(8e6)..#t end) end"),
        Attack("stringsInPcall", "local t={} while true do pcall(function() t[#t+1]=('x'):rep(1e6)..#t end) end"),
        Attack("varargGrowth", "local function f(...) return f(0, ...) end while true do pcall(f) end"),
        Attack(
            "selectGrowth",
            "local function f(...) return select('#', f(..., 1, ...)) end while true do pcall(f) end"
        ),
        Attack(
            "unpackOfItself",
            "local t={} while true do t={table.unpack(t)} t[#t+1]=1 t[#t+1]=2 t={table.unpack(table.pack(table.unpack(t)))} end"
        ),
        Attack(
            "deepRecursion",
            "local function f(n) local a,b,c,d,e=n,n,n,n,n return f(n+1)+a+b+c+d+e end while true do pcall(f,1) end"
        ),
        Attack("constructors", "local t={} while true do t={t,{},{},{1,2,3},x={},y={}} end"),
        Attack("gsubResult", "local s=('x'):rep(8e6) while true do pcall(string.gsub, s, 'x', ('y'):rep(100)) end"),
        Attack(
            "gsubResultByFunction",
            "local s,r=('x'):rep(8e6),('y'):rep(1000) while true do pcall(string.gsub, s, 'x', function() return r end) end"
        ),
        Attack("gmatchCaptures", "local t={} for a,b,c in ('abc'):rep(2e6):gmatch('(.)(.)(.)') do t[#t+1]={a,b,c} end"),
        Attack(
            "rehashes",
            "local t={} for i=1,2e5 do t['k'..i]=1 end while true do for i=1,1e3 do t[{}]=1 end for k in pairs(t) do if type(k)=='table' then t[k]=nil end end end"
        ),
    ]

    package static let crashes = [
        Attack("longFieldChain", "local a=... return a" + String(repeating: ".x", count: 32_000) + ".y+1"),
        Attack(
            "longFieldChainRun",
            """
            local t = {} t.x = t
            while true do pcall(function() return t\(String(repeating: ".x", count: 32_000)).y+1 end) end
            """
        ),
        Attack(
            "longIndexChainRun",
            """
            local t = {} t[1] = t
            while true do pcall(function() return t\(String(repeating: "[1]", count: 20_000)).y+1 end) end
            """
        ),
        Attack(
            "longIndexChainInParentheses",
            """
            local t = {} t[1] = t
            while true do pcall(function() return t\(String(repeating: "[(1)]", count: 12_000)).y+1 end) end
            """
        ),
        Attack(
            "longMethodChain",
            """
            local t = {} t.x = t function t:f() return self end
            while true do pcall(function() return t\(String(repeating: ".x:f()", count: 9_000)).y+1 end) end
            """
        ),
        Attack(
            "longConditionalChain",
            """
            local t = {} t.x = t
            while true do pcall(function() return \(String(repeating: "t.x.x.y and ", count: 5_000)) t.y.z end) end
            """
        ),
        Attack(
            "newIndexAtTheMemoryLimit",
            """
            local N = {} local t = setmetatable({}, {__newindex = N}) local keep = {}
            while true do pcall(function() for i = 1, 1e6 do t[{}] = {} keep[#keep+1] = ("x"):rep(1000)..i end end) end
            """
        ),
        Attack(
            "closeWithSuspendedHandler",
            """
            for i = 1, 1000 do
              local co = coroutine.wrap(function()
                local x <close> = setmetatable({}, {__close = function() local t = {} for i = 1, 1000 do t[i] = {} end error(1) end})
                xpcall(coroutine.yield, error)
              end)
              co() pcall(co, 1)
            end
            """
        ),
        Attack(
            "shadowedClosingValue",
            "for k,v in next,{},nil,setmetatable({},{__close=function() end}) do local function f() return k end break end string.rep('x',3)"
        ),
        Attack("deepParentheses", "return " + String(repeating: "(", count: 30_000)),
        Attack("deepTables", "return " + String(repeating: "{", count: 30_000)),
        Attack("deepBlocks", String(repeating: "do ", count: 20_000)),
        Attack("deepUnary", "return " + String(repeating: "- ", count: 30_000) + "1"),
        Attack("deepConcatenation", "return 'a'" + String(repeating: "..'a'", count: 12_000)),
        Attack("longConstructor", "return {" + String(repeating: "1,", count: 32_000) + "}"),
        Attack("longComparisonChain", "return 1" + String(repeating: "<1", count: 30_000)),
    ]
}
