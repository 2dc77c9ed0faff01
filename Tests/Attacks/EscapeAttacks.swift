/// Scripts that try to run on after a limit is broken.
package enum EscapeAttacks {
    package static let messageHandlers = [
        Attack("pcallInALoop", "while true do pcall(function() while true do end end) end"),
        Attack("handlerLoops", "xpcall(function() while true do end end, function() while true do end end)"),
        Attack("handlerCallsItself", "local function h(e) return h(e) end xpcall(error,h)"),
        Attack(
            "handlerWithPcall",
            "xpcall(error, function() while true do pcall(function() while true do end end) end end)"
        ),
        Attack(
            "nestedHandlers",
            """
            local function burn() local x = 0 for i = 1, 1e7 do x = x + i end end
            local function h() burn() xpcall(error, h) end
            while true do xpcall(error, h) end
            """
        ),
        Attack(
            "handlerAllocates",
            "xpcall(error, function() local t = {} while true do t[#t+1] = ('x'):rep(100) .. #t end end)"
        ),
        Attack("handlerMatches", "xpcall(error, function() return ('a'):rep(1e5):find(('.-'):rep(9)..'b') end)"),
        Attack(
            "handlerOfAHookError",
            "while true do xpcall(function() ('a'):rep(1e5):find(('.-'):rep(9)..'b') end, function() while true do end end) end"
        ),
        Attack("errorsInHandlers", "while true do xpcall(error, function() error() end) end"),
        Attack("collectors", "setmetatable({},{__gc=function() while true do end end})"),
        Attack("errorObjectWithToString", "error(setmetatable({}, {__tostring=function() while true do end end}))"),
        Attack("longErrorMessages", "local s = ('x'):rep(4e6) while true do pcall(error, s .. 'y') end"),
    ]

    package static let coroutines = [
        Attack(
            "closeInAWrappedCoroutine",
            """
            pcall(coroutine.wrap(function()
              local x<close> = setmetatable({},{__close=function() while true do end end}) while true do end
            end))
            """
        ),
        Attack(
            "closeInAResumedCoroutine",
            """
            coroutine.resume(coroutine.create(function()
              local x<close> = setmetatable({},{__close=function() while true do end end}) while true do end
            end))
            """
        ),
        Attack(
            "closeInTheScript",
            "local x<close> = setmetatable({},{__close=function() while true do end end}) while true do end"
        ),
        Attack(
            "closeThatMatches",
            """
            local x<close> = setmetatable({},{__close=function() ('a'):rep(1e5):find(('.-'):rep(9)..'b') end}) while true do end
            """
        ),
        Attack(
            "treeOfCoroutines",
            """
            local w=coroutine.wrap local function f(d) if d==0 then return end for i=1,20 do w(f)(d-1) end end f(60)
            """
        ),
        Attack(
            "matcherInCoroutines",
            """
            while true do pcall(coroutine.wrap(function() return ("a"):rep(1e5):find((".-"):rep(9).."b") end)) end
            """
        ),
        Attack(
            "coroutineInsideSort",
            """
            table.sort({3,2,1,5,4}, function(a,b) coroutine.wrap(function() while true do end end)() return a<b end)
            """
        ),
        Attack("coroutineFlood", "while true do coroutine.wrap(function() coroutine.yield() end)() end"),
        Attack(
            "coroutinesKept",
            "local t={} while true do local c=coroutine.wrap(function() coroutine.yield() end) c() t[#t+1]=c end"
        ),
        Attack("nestedCoroutines", "local function f() return coroutine.wrap(f)() end while true do pcall(f) end"),
        Attack(
            "chainOfClosingCoroutines",
            """
            local co
            for i = 1, 12000 do
              local previous = co
              co = coroutine.create(function()
                local x <close> = setmetatable({}, {__close = function() if previous then coroutine.resume(previous) end end})
                coroutine.yield()
              end)
              coroutine.resume(co)
            end
            coroutine.resume(co)
            """
        ),
        Attack("yieldInAHandler", "while true do coroutine.wrap(function() xpcall(error, coroutine.yield) end)() end"),
        Attack(
            "yieldInsideGsub",
            "local f=coroutine.wrap(function() ('a'):rep(1e6):gsub('.', coroutine.yield) end) while true do f() end"
        ),
        Attack(
            "yieldInsideSort",
            """
            local function sorter() table.sort({3,2,1,5,4}, function(a,b) coroutine.yield() return a<b end) end
            while true do local f=coroutine.create(sorter) while coroutine.resume(f) do end end
            """
        ),
        Attack(
            "suspendedXpcall",
            """
            while true do
              local co = coroutine.create(function()
                local x <close> = setmetatable({}, {__close = function() local t = {} for i = 1, 1e4 do t[i] = {} end error("x") end})
                xpcall(coroutine.yield, function(e) return e end)
                error("y")
              end)
              coroutine.resume(co) coroutine.resume(co)
            end
            """
        ),
    ]

    package static let values = [
        Attack(
            "emptiedTable",
            "local t={} for i=1,1e6 do t[i]=i end for i=1,1e6 do t[i]=nil end while true do next(t) end"
        ),
        Attack(
            "emptiedHash",
            "local t={} for i=1,3e5 do t['k'..i]=i end for k in pairs(t) do t[k]=nil end while true do next(t) end"
        ),
        Attack("lengthOfSparseTables", "local t={} for i=0,62 do t[1<<i]=1 end while true do local n=#t end"),
        Attack("gotoLoop", "::a:: goto a"),
        Attack(
            "lessThanLoops",
            "local m={} m.__lt=function(a,b) return a<b end local a=setmetatable({},m) while true do pcall(function() return a<a end) end"
        ),
        Attack(
            "equalsLoops",
            "local m={__eq=function(a,b) while true do end end} return setmetatable({},m)==setmetatable({},m)"
        ),
        Attack(
            "concatLoops",
            "local m={} m.__concat=function(a,b) return a..b end local a=setmetatable({},m) while true do pcall(function() return a..a end) end"
        ),
        Attack(
            "indexLoops",
            "local t={} t.__index=t setmetatable(t,t) while true do pcall(function() return t.x end) end"
        ),
        Attack(
            "indexFunctionOfC",
            "local t=setmetatable({},{__index=string.rep}) while true do pcall(function() return t[1e9] end) end"
        ),
        Attack("iteratorOfC", "for k in next, {1} do end for _ in string.gmatch, 'a', '' do end"),
        Attack("pairsOfForever", "for k in function() return 1 end do end"),
        Attack("recursionInPcall", "local function f() return pcall(f) end while true do f() end"),
        Attack("endlessTailCalls", "local function f(...) return f(1, ...) end f()"),
        Attack("endlessRecursion", "local function f() return 1 + f() end while true do pcall(f) end"),
    ]
}
