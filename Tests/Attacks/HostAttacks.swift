/// Scripts that try it with the functions of the plugin API.
///
/// Each is the body of `collect`; `m` is a gauge, `many` one with 64 labels, `h`, `s` and `states` the other kinds, and
/// `long(text)` repeats a text up to 8 MiB.
package enum HostAttacks {
    package static let all = values + samples + expositions + texts + files + waits + errors + AgentAttacks.all

    package static let values = [
        Attack("jsonOfManyTables", #"local s = "[" .. ("[],"):rep(2.6e6) .. "1]" while true do json.decode(s) end"#),
        Attack(
            "jsonOfManyObjects",
            #"local s = "[" .. ('{"a":1},'):rep(9e5) .. "1]" while true do json.decode(s) end"#
        ),
        Attack("jsonOfDeepArrays", #"local s = long("[") while true do json.decode(s) end"#),
        Attack(
            "jsonOfALongNumber",
            #"local s, t = long("1"), "0." .. long("1"):sub(3) while true do json.decode(s) json.decode(t) end"#
        ),
        Attack("jsonOfEscapes", #"local s = '"' .. ("\\u0041"):rep(1.3e6) .. '"' while true do json.decode(s) end"#),
        Attack("jsonOfBlanks", #"local s = long(" ") while true do json.decode(s) end"#),
        Attack("jsonOfLines", #"local s = long("\n") while true do json.decode(s .. "") end"#),
        Attack("jsonErrorAtTheEnd", #"local s = '"' .. long("\n"):sub(3) while true do json.decode(s) end"#),
        Attack(
            "jsonOfASharedTable",
            "local t = {} for i = 1, 90 do t = {t, t} end while true do pcall(json.encode, t) end"
        ),
        Attack(
            "jsonOfManyKeys",
            "local t = {} for i = 1, 2e5 do t['k' .. i] = i end while true do pcall(json.encode, t) end"
        ),
        Attack(
            "jsonOfLongStrings",
            #"local s, t = long("\1"), {} for i = 1, 1000 do t[i] = s end while true do pcall(json.encode, t) end"#
        ),
        Attack("jsonOfACycle", "local t = {} t.t = t while true do pcall(json.encode, t) end"),
        Attack(
            "logOfLargeTables",
            "local t = {} for i = 1, 5e5 do t[i] = i end while true do pcall(log.info, t) pcall(log.info, 'x', t) end"
        ),
        Attack(
            "logOfLongTexts",
            #"local s = long("x") while true do log.info(s) log.warn("y", {[s] = s}) print(s) end"#
        ),
        Attack("logOfOneCharacter", #"local s = "e" .. ("\u{301}"):rep(4e6) while true do log.info(s) end"#),
        Attack("logFlood", "local i = 0 while true do i = i + 1 log.error('line ' .. i) end"),
        Attack("stateFlood", "while true do state[#state + 1] = long('x'):sub(#state) end"),
        Attack(
            "settingsOfATable",
            "local t = setmetatable({}, {__index = function(_, k) return k end}) while true do pcall(exposition.emit, '', t) end"
        ),
    ]

    package static let samples = [
        Attack(
            "longLabels",
            #"local s, t = long("\n"), {} for i = 1, 64 do t[i] = s end while true do pcall(many, 1, table.unpack(t)) end"#
        ),
        Attack(
            "longLabelsByName",
            #"local s, t = long('"'), {} for i = 1, 64 do t['l' .. i] = s end while true do pcall(many, 1, t) end"#
        ),
        Attack(
            "invalidLabel",
            #"local s = long("x"):sub(2) .. "\xff" while true do pcall(many, 1, s) pcall(m, 1, s) end"#
        ),
        Attack(
            "tableAsLabels",
            "local t = {} for i = 1, 5e5 do t[i] = i end while true do pcall(m, 1, t) pcall(many, 1, t) end"
        ),
        Attack("valueOfALongString", #"local s = long("1") while true do pcall(m, s) end"#),
        Attack("manyBuckets", "local t = {} for i = 1, 5e5 do t[i] = i end while true do pcall(h, {buckets = t}) end"),
        Attack(
            "manyQuantiles",
            "local t = {} for i = 1, 2e5 do t[i / 2e5] = i end while true do pcall(s, {quantiles = t}) end"
        ),
        Attack(
            "manyStates",
            "local t = {} for i = 1, 2e5 do t['s' .. i] = true end while true do pcall(states, t) end"
        ),
        Attack("longState", #"local s = long("x") while true do pcall(states, s) end"#),
        Attack("familyFlood", "local i = 0 while true do i = i + 1 pcall(family, 'gauge', 'n' .. i, 'h') end"),
        Attack(
            "familyWithLongTexts",
            #"local s = long("x") while true do pcall(family, "gauge", s, s) pcall(family, "gauge", "x", s) end"#
        ),
        Attack(
            "familyWithManyLabels",
            #"local t = {} for i = 1, 1e6 do t[i] = "" end while true do pcall(family, "gauge", "x", "h", t) end"#
        ),
        Attack(
            "familyWithShortLabels",
            #"local t = {} for i = 1, 9000 do t[i] = "a" .. i end while true do pcall(family, "gauge", "x", "h", t) end"#
        ),
        Attack("sampleFlood", "local f = family('gauge', 'flood', 'h', {'i'}) for i = 1, 1e9 do pcall(f, i, i) end"),
        Attack("emptyFamilies", "for i = 1, 1e9 do local f = family('gauge', 'e' .. i % 9000, 'h') end"),
    ]

    package static let expositions = [
        Attack(
            "expositionOfComments",
            ##"local s = long("# HELP a b\n") while true do exposition.emit(s) exposition.parse(s) end"##
        ),
        Attack(
            "expositionOfHelp",
            ##"local t = {} for i = 1, 1e5 do t[i] = "# HELP n" .. i .. " x" end local s = table.concat(t, "\n") while true do exposition.parse(s) end"##
        ),
        Attack(
            "expositionOfLabels",
            #"local s = "a{" .. ("b=\"c\","):rep(1e5) .. "} 1\n" while true do exposition.parse(s) end"#
        ),
        Attack("expositionOfDuplicates", #"local s = long("a 1\n") while true do exposition.parse(s) end"#),
        Attack(
            "expositionOfSamples",
            #"local t = {} for i = 1, 40000 do t[i] = "a{b=\"" .. i .. "\"} 1" end local s = table.concat(t, "\n") .. "\n" while true do exposition.parse(s) end"#
        ),
        Attack(
            "expositionOfBuckets",
            ##"local t = {} for i = 1, 40000 do t[i] = "a_bucket{le=\"" .. i .. "\"} 1" end local s = "# TYPE a histogram\n" .. table.concat(t, "\n") .. "\n" while true do exposition.parse(s) end"##
        ),
        Attack("expositionOfOneLine", #"local s = long("a") while true do exposition.parse(s) exposition.emit(s) end"#),
        Attack(
            "expositionWithGlobs",
            #"local g, s = {}, ("a"):rep(900) .. " 1\n" for i = 1, 1000 do g[i] = ("*a"):rep(8) .. "b" end s = s:rep(9000) while true do exposition.emit(s, {drop = g}) end"#
        ),
        Attack(
            "expositionWithALongGlob",
            #"local s = ("a"):rep(1e6) .. " 1\n" while true do pcall(exposition.emit, s, {keep = {("*a"):rep(8000) .. "b"}}) end"#
        ),
        Attack(
            "expositionWithLongSources",
            #"local s = long("x") while true do pcall(exposition.emit, "", {source = s}) end"#
        ),
        Attack(
            "expositionWithManyOptions",
            "local t = {} for i = 1, 3e5 do t['k' .. i] = 1 end while true do pcall(exposition.emit, '', t) end"
        ),
        Attack(
            "expositionWithLabels",
            #"local t = {} for i = 1, 5000 do t["l" .. i] = "v" end while true do pcall(exposition.emit, "a 1\n", {labels = t}) end"#
        ),
        Attack("expositionFlood", #"for i = 1, 1e9 do exposition.emit("a" .. i .. " 1\n") exposition.conflicts() end"#),
        Attack(
            "expositionWithoutSamples",
            ##"for i = 1, 1e9 do exposition.emit("# HELP a b\n", {source = ("x"):rep(1000) .. i}) end"##
        ),
    ]

    package static let texts = [
        Attack(
            "timeFormatWithFlags",
            #"while true do pcall(time.format, 0, "%" .. long("0")) pcall(time.format, 0, "%" .. ("0"):rep(60000)) end"#
        ),
        Attack(
            "timeFormatOfMuch",
            #"while true do pcall(time.format, 0, ("%c"):rep(4e6)) pcall(time.format, 0, "%100000000d") end"#
        ),
        Attack(
            "timeParseOfBlanks",
            #"local s = long(" ") while true do pcall(time.parse, s, s) pcall(time.parse, s, "%Y") end"#
        ),
        Attack(
            "timeParseOfFormats",
            #"while true do pcall(time.parse, ("1"):rep(1000), ("%S"):rep(500)) pcall(time.parse, "x", ("%n%t"):rep(200)) end"#
        ),
        Attack(
            "textDecodeOfGarbage",
            #"local s = long("\xff") while true do for _, c in ipairs{"utf-8", "shift_jis", "euc-jp", "iso-2022-jp", "gb18030", "utf-16", "utf-32"} do pcall(text.decode, s, c) end end"#
        ),
        Attack(
            "textDecodeOfHalfPairs",
            #"local s = long("\x81 ") while true do pcall(text.decode, s, "shift_jis") pcall(text.decode, s, "gbk") end"#
        ),
        Attack(
            "textDecodeOfEscapes",
            #"local s = long("\27$B\27(B") while true do pcall(text.decode, s, "iso-2022-jp") end"#
        ),
        Attack("textDecodeOfALongName", #"local s = long("-") while true do pcall(text.decode, "x", s) end"#),
        Attack("textColumnsOfMuch", #"local s = long("a ") while true do pcall(text.columns, s) end"#),
        Attack(
            "textSplitOfMuch",
            #"local s = long(",") while true do pcall(text.split, s, ",") pcall(text.split, s, (","):rep(1e6)) end"#
        ),
        Attack(
            "textTrimOfSpaces",
            #"local s = long(" ") .. "" while true do text.trim(s) text.trim("x" .. s:sub(3) .. "x") end"#
        ),
        Attack(
            "requireFlood",
            #"local s, i = long("x"), 0 while true do i = i + 1 pcall(require, s) pcall(require, "m" .. i) end"#
        ),
    ]

    package static let files = [
        Attack(
            "filesUnderLongNames",
            #"local s = "/proc/" .. long("x"):sub(9) while true do pcall(fs.read, s) pcall(fs.list, s) pcall(fs.stat, s) end"#
        ),
        Attack(
            "filesThatAreNot",
            "local i = 0 while true do i = i + 1 fs.exists('/proc/' .. i) fs.exists('/proc/x' .. i) end"
        ),
        Attack("filesInALoop", "while true do fs.read('/proc/meminfo') fs.list('/proc') fs.stat('/proc') end"),
        Attack(
            "filesAgainstWildcards",
            #"local s = "/proc/" .. ("a"):rep(4000) local i = 0 while true do i = i + 1 fs.exists(s .. i) end"#
        ),
        Attack("filesOfMuch", "while true do fs.read('/proc/kallsyms') fs.read('/proc/kmsg') end"),
        Attack(
            "programsThatAreNotGranted",
            #"local s = long("x") while true do pcall(exec, {s}) pcall(exec, {"/bin/sh", s}) end"#
        ),
        Attack(
            "addressesOfMuch",
            #"local s = long("1.") while true do pcall(tcp.connect, s, 1) pcall(udp.connect, s .. ":1") pcall(dns.resolve, s) pcall(telnet.open, s) end"#
        ),
        Attack(
            "urlsOfMuch",
            #"local s = "http://" .. long("a"):sub(9) while true do pcall(http.get, s) pcall(http.get, "http://x/" .. s) pcall(exposition.scrape, s) end"#
        ),
        Attack(
            "urlsOfCombiningMarks",
            #"local s = "http://x/" .. ("\u{301}"):rep(3e4) while true do pcall(http.get, s) end"#
        ),
        Attack(
            "headersOfMuch",
            #"local t = {} for i = 1, 9000 do t["h" .. i] = "x" end while true do pcall(http.get, "http://127.0.0.1:1/", {headers = t}) end"#
        ),
        Attack(
            "optionsOfLongKeys",
            #"local t = {} for i = 1, 8 do t[long(i .. "")] = 1 end while true do pcall(http.get, "http://127.0.0.1:1/", t) end"#
        ),
    ]

    package static let waits = [
        Attack("sleepOfNothing", "while true do sleep(0) end"),
        Attack(
            "sleepOfNoNumber",
            "while true do pcall(sleep, -1) pcall(sleep, 0/0) pcall(sleep, 1/0) pcall(sleep, 'x') end"
        ),
        Attack("parallelOfNothing", "while true do parallel({}) end"),
        Attack(
            "parallelFlood",
            "local t = {} for i = 1, 9000 do t[i] = function() end end while true do parallel(t) end"
        ),
        Attack(
            "parallelOfSleepers",
            "local t = {} for i = 1, 9000 do t[i] = function() sleep(0) end end while true do parallel(t, {timeout = 1}) end"
        ),
        Attack(
            "parallelOfLoops",
            "local t = {} for i = 1, 100 do t[i] = function() while true do pcall(sleep, 0) end end end parallel(t)"
        ),
        Attack("parallelWithinParallel", "local function f() parallel({f, f}) end f()"),
        Attack(
            "parallelInASort",
            "while true do table.sort({3, 2, 1}, function(a, b) parallel({function() sleep(0) end}) return a < b end) end"
        ),
        Attack(
            "parallelOfLongErrors",
            "local s, t = long('x'), {} for i = 1, 9000 do t[i] = function() error(s) end end while true do parallel(t) end"
        ),
        Attack(
            "parallelThatIsKept",
            "local kept = {} while true do kept[#kept + 1] = {parallel({function() return long('x'):sub(#kept) end})} end"
        ),
        Attack("waitInCoroutines", "while true do coroutine.wrap(function() coroutine.wrap(sleep)(0) end)() end"),
        Attack(
            "closeThatWaits",
            "while true do pcall(function() local x <close> = setmetatable({}, {__close = function() sleep(0) error(1) end}) sleep(0) error(2) end) end"
        ),
        Attack(
            "connectionsThatAreRefused",
            "while true do tcp.connect('127.0.0.1:1') udp.connect('127.0.0.1:1') http.get('http://127.0.0.1:1/') end"
        ),
        Attack(
            "connectionsThatAreKept",
            "local t = {} while true do local c = udp.connect('127.0.0.1:9') c:send(('x'):rep(60000)) t[#t + 1] = c end"
        ),
    ]

    package static let errors = [
        Attack("longError", "error(long('x'))"),
        Attack("longErrorOfOneCharacter", #"error("e" .. ("\u{301}"):rep(4e6))"#),
        Attack(
            "errorOfATable",
            "error(setmetatable({}, {__tostring = function() while true do end end, __name = long('x')}))"
        ),
        Attack(
            "errorInClose",
            "local x <close> = setmetatable({}, {__close = function() error(long('y')) end}) error(long('x'))"
        ),
        Attack("errorOfALongMisuse", "fs.read('/' .. long('x'):sub(9))"),
    ]
}
