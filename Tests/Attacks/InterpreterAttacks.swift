/// Single instructions of the interpreter that take long on large values.
package enum InterpreterAttacks {
    package static let all = [
        Attack("orderOfStringsWithZeros", #"local z=("\0"):rep(8e6) while true do local x=z<z end"#),
        Attack("equalityOfLongStrings", #"local a,b=("a"):rep(8e6),("a"):rep(8e6) while true do local x=a==b end"#),
        Attack("longKeys", #"local a=("a"):rep(4e6) local t={} while true do t[a..#t]=1 end"#),
        Attack(
            "longKeyLookups",
            #"local t={} for i=1,6 do t[("a"):rep(4e6)..i]=1 end while true do local x=t[("a"):rep(4e6).."7"] end"#
        ),
        Attack("arithmeticOnLongStrings", #"local a=("1"):rep(8e6) while true do local x=a+1 end"#),
        Attack("arithmeticOnSpaces", #"local a=(" "):rep(8e6) while true do pcall(function() return a+1 end) end"#),
        Attack("bitsOfLongStrings", #"local a=("1"):rep(8e6) while true do pcall(function() return a|1 end) end"#),
        Attack(
            "stringAsLoopLimit",
            #"local a=("1"):rep(8e6) while true do pcall(function() for i=1,a do end end) end"#
        ),
        Attack("callChainOfItself", "local t={} setmetatable(t,{__call=t}) t()"),
        Attack("callChainOfItselfInPcall", "local t={} setmetatable(t,{__call=t}) while true do pcall(t) end"),
        Attack("callChainSetLater", "local m={} local t=setmetatable({},m) m.__call=t while true do pcall(t) end"),
        Attack(
            "callChainOfTwo",
            "local a,b,m,n={}, {}, {}, {} setmetatable(a,m) setmetatable(b,n) m.__call=b n.__call=a while true do pcall(a) end"
        ),
        Attack(
            "callChainOfMany",
            "local t=setmetatable({},{__call=function() end}) for i=1,1e5 do t=setmetatable({},{__call=t}) end while true do pcall(t) end"
        ),
        Attack(
            "callChainInACoroutine",
            "local t={} setmetatable(t,{__call=t}) while true do pcall(coroutine.wrap(function() return t() end)) end"
        ),
        Attack(
            "callChainAsMetamethod",
            "local t={} setmetatable(t,{__call=t,__index=t,__add=t}) while true do pcall(function() return t+1 end) end"
        ),
        Attack(
            "callChainAsIterator",
            "local t={} setmetatable(t,{__call=t}) while true do pcall(function() for k in t do end end) end"
        ),
        Attack(
            "callChainWithArguments",
            "local t={} setmetatable(t,{__call=t}) while true do pcall(t, table.unpack({}, 1, 200)) end"
        ),
        Attack(
            "callChainOverNumbers",
            "local t={} setmetatable(t,{__call=t}) while true do pcall(t, string.byte(('x'):rep(9e5), 1, -1)) end"
        ),
        Attack(
            "longIndexChains",
            """
            local t = {} for i = 1, 1990 do t = setmetatable({}, {__index = t}) end
            while true do local x = t.x end
            """
        ),
        Attack(
            "manyOpenUpvalues",
            """
            local function f(n) local a = n local g = function() return a end if n > 0 then return f(n - 1) + g() end return 0 end
            while true do pcall(f, 1e5) end
            """
        ),
    ]
}
