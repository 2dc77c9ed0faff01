/// Calls of library functions that would run for seconds or for ever.
package enum LibraryAttacks {
    package static let patterns = [
        Attack("manyLazyItems", #"("a"):rep(2000):find((".-"):rep(8).."b")"#),
        Attack("manyGreedyItemsOnAShortSubject", #"("a"):rep(30):find(("a*"):rep(30).."b")"#),
        Attack("manyOptionalItems", #"("a"):rep(40):find(("a?"):rep(40)..("a"):rep(40).."b")"#),
        Attack("oneLazyItemOnALongSubject", #"("a"):rep(4e6):find(".-b")"#),
        Attack("balanceOfOpeningsOnly", #"("("):rep(4e6):find("%b()")"#),
        Attack("trimOfManySpaces", #"((" "):rep(2e6).."x"):gsub("%s+$","")"#),
        Attack("gmatchThatNeverMatches", #"for k in (("a"):rep(4e6)):gmatch("a-b") do end"#),
        Attack("plainFind", #"("a"):rep(8e6):find(("a"):rep(4e6).."b",1,true)"#),
        Attack("plainFindInALoop", #"local s,p=("a"):rep(7e6),("a"):rep(1e6).."b" while true do s:find(p,1,true) end"#),
        Attack(
            "plainFindOfAPeriodicText",
            #"local s=("ab"):rep(4e6) while true do s:find(("ab"):rep(1e6).."b",1,true) end"#
        ),
        Attack("longClass", #"("a"):rep(3e5):find("["..("a"):rep(3e5).."]*b")"#),
        Attack("longClassWithinTheLimit", #"("a"):rep(8e6):find("["..("b"):rep(1000).."a]*c")"#),
        Attack("longNegatedClass", #"("a"):rep(4e5):find("[^"..("b"):rep(4e5).."a]")"#),
        Attack("longNegatedClassWithinTheLimit", #"("a"):rep(8e6):find("[^"..("b"):rep(1000).."a]")"#),
        Attack("backReference", #"("a"):rep(2e5):find("(.-)%1b")"#),
        Attack("backReferenceToLongCaptures", #"("a"):rep(8e6):find("(.*)%1b")"#),
        Attack("backReferencesInARow", #"("a"):rep(8e6):find("^(.-)%1%1%1b")"#),
        Attack("frontier", #"("a"):rep(8e6):find("%f["..("b"):rep(1000).."]")"#),
        Attack("nestedCaptures", #"("a"):rep(4e5):find(("("):rep(31)..".-"..(")"):rep(31).."b")"#),
        Attack("gsubOfNothing", #"while true do ("a"):rep(1e5):gsub("", "") end"#),
        Attack("gsubThatGrows", #"local s="a" while true do s=s:gsub(".", "%0%0%0") end"#),
        Attack("gsubWithLongReplacement", #"("a"):rep(1e6):gsub("a", ("%%"):rep(1e6))"#),
        Attack("gsubWithOneLongCapture", #"("a"):rep(8e6):gsub(".*", ("%0"):rep(1000))"#),
        Attack("gsubWithFunctionOfC", #"("a"):rep(8e6):gsub(".-", type)"#),
        Attack("gsubWithFunctionThatLoops", #"("a"):gsub(".", function() while true do end end)"#),
        Attack("gsubWithTable", #"("a"):rep(8e6):gsub("a", {a = ""})"#),
        Attack("gsubWithIndexFunctionOfC", #"("a"):rep(8e6):gsub(".", setmetatable({}, {__index = rawequal}))"#),
        Attack(
            "gsubWithIndexChain",
            #"""
            local t = {} for i = 1, 1990 do t = setmetatable({}, {__index = t}) end
            ("a"):rep(8e6):gsub(".", t)
            """#
        ),
        Attack("gsubWithIndexLoop", #"local t = {} t.__index = t setmetatable(t, t) ("a"):rep(8e6):gsub(".", t)"#),
        Attack(
            "gmatchInsideGsub",
            #"("a"):rep(1e4):gsub(".", function() for _ in ("a"):rep(1e6):gmatch("a-b") do end end)"#
        ),
        Attack("matchInPcall", #"while true do pcall(string.match, ("a"):rep(1e5), (".-"):rep(9).."b") end"#),
        Attack("iteratorKeptAlive", #"local f=("a"):rep(1e6):gmatch(".-b") while true do pcall(f) end"#),
    ]

    package static let tables = [
        Attack("moveOfEverything", "table.move({}, 1, math.maxinteger-1, 2)"),
        Attack("moveDownwards", "table.move({}, -5, math.maxinteger-6, -100)"),
        Attack("moveToAnotherTable", "table.move({}, 1, math.maxinteger-1, 1, {})"),
        Attack("insertWithLength", "table.insert(setmetatable({},{__len=function() return 1<<61 end}),1,1)"),
        Attack("removeWithLength", "table.remove(setmetatable({},{__len=function() return 1<<61 end}),1)"),
        Attack(
            "concatWithIndexFunctionOfC",
            #"table.concat(setmetatable({},{__index=getmetatable,__metatable=""}),"",1,math.maxinteger)"#
        ),
        Attack("sortWithLength", "table.sort(setmetatable({},{__len=function() return (1<<31)-2 end}), math.type)"),
        Attack("insertBelowAHugeBorder", "local t={} for i=0,62 do t[1<<i]=1 end table.insert(t,1,1)"),
        Attack("removeBelowAHugeBorder", "local t={} for i=0,62 do t[1<<i]=1 end table.remove(t,1)"),
        Attack("concatBelowAHugeBorder", "local t={} for i=0,62 do t[1<<i]='' end table.concat(t)"),
        Attack("sortBelowAHugeBorder", "local t={} for i=0,62 do t[1<<i]=1 end table.sort(t)"),
        Attack("unpackBelowAHugeBorder", "local t={} for i=0,62 do t[1<<i]=1 end table.unpack(t)"),
        Attack("sortInALoop", "local t={} for i=1,5e5 do t[i]=(i*7919)%1000003 end while true do table.sort(t) end"),
        Attack(
            "sortOfStrings",
            "local t={} for i=1,1e5 do t[i]=tostring(i*7919%100003) end while true do table.sort(t) end"
        ),
        Attack(
            "sortOfLongStrings",
            "local s=('\\0'):rep(4e6) local t={s..'a',s..'b',s..'c',s..'d',s..'e'} while true do table.sort(t) end"
        ),
        Attack(
            "sortWithoutOrder",
            "local t={} for i=1,1e5 do t[i]=i end while true do pcall(table.sort,t,function() return true end) end"
        ),
        Attack(
            "sortWithRandomOrder",
            "local t={} for i=1,1e5 do t[i]=i end while true do pcall(table.sort,t,function() return math.random()<0.5 end) end"
        ),
        Attack(
            "sortWithComparatorOfC",
            "local t={} for i=1,1e6 do t[i]=i end while true do pcall(table.sort, t, math.ult) end"
        ),
        Attack("concatOfNumbers", "local t={} for i=1,1e6 do t[i]=i+0.123 end while true do table.concat(t) end"),
        Attack("concatOfEmptyStrings", "local t={} for i=1,1e6 do t[i]='' end while true do table.concat(t) end"),
        Attack("concatWithLongSeparator", "local t={} for i=1,1e6 do t[i]='' end table.concat(t, ('x'):rep(1e6))"),
        Attack("insertAtTheFront", "local t={} for i=1,1e6 do t[i]=i end while true do table.insert(t,1,i) end"),
        Attack("removeAtTheFront", "local t={} for i=1,1e6 do t[i]=i end while true do table.remove(t,1) end"),
        Attack("unpackOfMuch", "local t={} for i=1,1e6 do t[i]=i end while true do pcall(table.unpack,t) end"),
        Attack("unpackOfEmptiness", "while true do pcall(table.unpack,{},1,1e8) pcall(table.unpack,{},1,999000) end"),
        Attack(
            "unpackWithIndexChain",
            """
            local t = {} for i = 1, 1990 do t = setmetatable({}, {__index = t}) end
            while true do pcall(table.unpack, t, 1, 900000) end
            """
        ),
        Attack(
            "selectOfMuch",
            "local t={} for i=1,9e5 do t[i]=i end while true do local n=select('#', table.unpack(t)) select(-1, table.unpack(t)) end"
        ),
        Attack("packOfMuch", "local t={} for i=1,5e5 do t[i]=i end while true do table.pack(table.unpack(t)) end"),
    ]

    package static let strings = [
        Attack("repOfNothing", #"(""):rep(1<<62)"#),
        Attack("repOfNothingWithSeparator", #"(""):rep(1<<62, "")"#),
        Attack("repOfSeparator", #"(""):rep(1<<62, "x")"#),
        Attack("repOfOneByte", #"while true do pcall(string.rep, "x", 8e6) end"#),
        Attack("repBeyondTheLimit", #"while true do pcall(string.rep, "x", 6e7) end"#),
        Attack("utf8LenOfALongString", #"local a=("x"):rep(8e6) while true do utf8.len(a) end"#),
        Attack(
            "utf8Functions",
            #"local a=("\u{7ff}"):rep(4e6) while true do utf8.len(a) utf8.offset(a,-1) utf8.offset(a,4e6) pcall(utf8.codepoint,a,1,-1) end"#
        ),
        Attack(
            "utf8CharFlood",
            "local t={} for i=1,9e5 do t[i]=0x7fffffff end while true do pcall(utf8.char, table.unpack(t)) end"
        ),
        Attack(
            "utf8CharWithinTheLimit",
            "local t={} for i=1,65536 do t[i]=0x7fffffff end while true do utf8.char(table.unpack(t)) end"
        ),
        Attack("upperLowerReverse", #"local a=("x"):rep(8e6) while true do a:upper() a:lower() a:reverse() end"#),
        Attack(
            "byteAndChar",
            #"local a=("x"):rep(8e6) while true do pcall(string.byte,a,1,-1) string.char(a:byte(1,9e5)) end"#
        ),
        Attack("subOfALongString", #"local a=("x"):rep(8e6) while true do local b=a:sub(2) end"#),
        Attack(
            "formatWidths",
            #"while true do pcall(string.format, "%99999d", 1) pcall(string.format, "%99.99f", 1e308) end"#
        ),
        Attack(
            "formatOfManyItems",
            #"local t={} for i=1,20000 do t[i]=1e308 end while true do string.format(("%.99f"):rep(13000), table.unpack(t)) end"#
        ),
        Attack("formatOfALongFormat", #"while true do pcall(string.format, ("%%"):rep(4e6)) end"#),
        Attack("formatQuoted", #"local a=("\1"):rep(8e6) while true do pcall(string.format, "%q", a) end"#),
        Attack("formatQuotedWithinTheLimit", #"local a=("\1"):rep(1e6) while true do string.format("%q", a) end"#),
        Attack(
            "formatQuotedManyTimes",
            #"local a,t=("\1"):rep(1e6),{} for i=1,1000 do t[i]=a end pcall(string.format, ("%q"):rep(1000), table.unpack(t))"#
        ),
        Attack(
            "formatOfLongStrings",
            #"local a,t=("x"):rep(8e6),{} for i=1,1000 do t[i]=a end while true do pcall(string.format, ("%s"):rep(1000), table.unpack(t)) end"#
        ),
        Attack("formatWithPrecision", #"local a=("x"):rep(8e6) while true do string.format("%.5s", a) end"#),
        Attack(
            "formatCallsToString",
            #"string.format("%s", setmetatable({}, {__tostring=function() while true do end end}))"#
        ),
        Attack("packPadding", #"while true do pcall(string.pack, "c60000000", "") end"#),
        Attack(
            "packPaddingRepeated",
            #"while true do pcall(string.pack, ("c8000000"):rep(8), "", "", "", "", "", "", "", "") end"#
        ),
        Attack(
            "packOfALongFormat",
            #"pcall(string.pack, (" "):rep(8e6)) pcall(string.packsize, ("!"):rep(8e6)) pcall(string.unpack, ("<"):rep(8e6), "")"#
        ),
        Attack("packsizeFlood", #"while true do pcall(string.packsize, ("!16i16"):rep(1e4)) end"#),
        Attack("packFlood", #"while true do pcall(string.pack, ("x"):rep(65536)) end"#),
        Attack(
            "unpackFlood",
            #"local s=("\0"):rep(65536) while true do pcall(string.unpack, ("b"):rep(65536), s) end"#
        ),
        Attack("unpackZeroTerminated", #"local s=("a"):rep(8e6) while true do pcall(string.unpack, "z", s) end"#),
        Attack("dateOfALongFormat", #"while true do pcall(os.date, ("%c"):rep(4e6)) end"#),
        Attack("dateFlood", #"while true do pcall(os.date, ("%c"):rep(512)) end"#),
        Attack("timeOfAHugeYear", #"while true do pcall(os.time, {year=2^31-1, month=2^31-1, day=2^31-1}) end"#),
        Attack("toStringLoops", "tostring(setmetatable({}, {__tostring=function() while true do end end}))"),
        Attack(
            "toStringOfLongNames",
            #"local a=("x"):rep(4e6) while true do tostring(setmetatable({}, {__name=a})) end"#
        ),
        Attack("toNumberOfDigits", #"local a=("1"):rep(8e6) while true do tonumber(a) end"#),
        Attack("toNumberOfFractions", #"local a="0."..("1"):rep(8e6) while true do tonumber(a) end"#),
        Attack("toNumberOfHexFractions", #"local a="0x."..("f"):rep(8e6).."p3" while true do tonumber(a) end"#),
        Attack("toNumberOfSpaces", #"local a=(" "):rep(8e6) while true do tonumber(a) tonumber(a, 10) end"#),
        Attack("toNumberWithBase", #"local a=("z"):rep(8e6) while true do tonumber(a, 36) end"#),
        Attack("randomFlood", "while true do math.random(1, 6) end"),
        Attack("randomRangeRejected", "while true do math.random(0, (1 << 62) + 1) end"),
        Attack("maximumOfMuch", "local t={} for i=1,9e5 do t[i]=i end while true do math.max(table.unpack(t)) end"),
    ]
}
