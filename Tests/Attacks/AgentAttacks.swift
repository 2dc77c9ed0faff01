/// Scripts that try it with the functions of `snmp`.
///
/// Bodies of `collect` as those of `HostAttacks`; nobody answers at their addresses.
package enum AgentAttacks {
    package static let all = helpers + requests + modules

    package static let helpers = [
        Attack("macOfALongText", #"local s = long("x") while true do snmp.mac(s) end"#),
        Attack("addressOfALongText", #"local s = long("x") while true do snmp.ip(s) snmp.date_and_time(s) end"#),
        Attack("textOfALongText", #"local s = long("\xE4") while true do snmp.text(s) snmp.text(s, "shift_jis") end"#),
        Attack("textOfZeros", #"local s = long("\0") while true do snmp.text(s) end"#),
        Attack("textOfALongCharset", #"local s = long("x") while true do pcall(snmp.text, "x", s) end"#),
        Attack("indexOfALongText", #"local s = long("1.") .. "1" while true do snmp.index(s) end"#),
        Attack("indexOfOneLongNumber", #"local s = long("1") while true do snmp.index(s) end"#),
        Attack("indexOfDots", #"local s = long(".") while true do snmp.index(s) end"#),
        Attack(
            "indexOfManyParts",
            """
            local t = {} for i = 1, 2e5 do t[i] = "integer" end
            while true do pcall(snmp.index, "1.2", table.unpack(t)) end
            """
        ),
        Attack(
            "indexOfALongPart",
            #"local s = long("x") while true do pcall(snmp.index, "1.2", s) end"#
        ),
        Attack("suffixOfLongTexts", #"local s = long("1.") while true do snmp.suffix(s .. "1", s .. "1") end"#),
    ]

    package static let requests = [
        Attack(
            "manyNames",
            """
            local t = {} for i = 1, 2e5 do t[i] = "1.3." .. i end
            while true do pcall(snmp.get, "127.0.0.1:9", t) pcall(snmp.table, "127.0.0.1:9", t) end
            """
        ),
        Attack(
            "longNames",
            """
            local t = {} for i = 1, 500 do t[i] = long("1.") .. "1" end
            while true do pcall(snmp.get, "127.0.0.1:9", t) pcall(snmp.walk, "127.0.0.1:9", t[1]) end
            """
        ),
        Attack("longAddress", #"local s = long("a") while true do pcall(snmp.get, s, {"1.3"}) end"#),
        Attack(
            "manyCommunities",
            """
            local i = 0
            while true do
              i = i + 1
              snmp.get("127.0.0.1:9", {"1.3"}, { community = "community" .. i, timeout = 0.001, retries = 0 })
            end
            """
        ),
        Attack(
            "longCommunities",
            """
            local s, i = long("x"), 0
            while true do
              i = i + 1
              pcall(snmp.get, "127.0.0.1:9", {"1.3"}, { community = s .. i, timeout = 0.001, retries = 0 })
            end
            """
        ),
        Attack(
            "manyUsers",
            """
            local i = 0
            while true do
              i = i + 1
              local options = { version = 3, username = "u" .. i, password = "password" .. i, timeout = 0.001, retries = 0 }
              snmp.get("127.0.0.1:9", {"1.3"}, options)
            end
            """
        ),
        Attack(
            "longPasswords",
            """
            local s = long("x")
            local options = { version = 3, username = "u", password = s, priv_password = s, timeout = 0.001, retries = 0 }
            while true do pcall(snmp.get, "127.0.0.1:9", {"1.3"}, options) end
            """
        ),
        Attack(
            "walksSideBySide",
            """
            local calls = {}
            for i = 1, 1e5 do calls[i] = function() return snmp.walk("127.0.0.1:" .. i % 60000 + 1, "1.3") end end
            while true do pcall(parallel, calls) end
            """
        ),
        Attack(
            "manyTargets",
            """
            while true do
              for i = 1, 255 do
                snmp.get("127.0.0." .. i .. ":9", {"1.3"}, { timeout = 0.001, retries = 0 })
              end
            end
            """
        ),
        Attack(
            "settingsThatCallBack",
            """
            local t = setmetatable({}, { __index = function(_, k) return k end, __pairs = function() return next, {} end })
            while true do pcall(snmp.get, t, t, t) pcall(snmp.walk, { address = t, settings = t }, "1") end
            """
        ),
    ]

    package static let modules = [
        Attack(
            "moduleFilesByWildcards",
            #"while true do pcall(snmp.modules, { config_file = { "/proc/*/*/*/*" } }) end"#
        ),
        Attack(
            "moduleFilesOfManyPatterns",
            """
            local t = {} for i = 1, 1e4 do t[i] = "/proc/*/" .. i end
            while true do pcall(snmp.modules, { config_file = t }) end
            """
        ),
        Attack(
            "moduleFilesThatAreNone",
            """
            local i = 0
            while true do i = i + 1 pcall(snmp.modules, { config_file = { "/proc/" .. i % 1000 .. "/stat", "/proc/kallsyms" } }) end
            """
        ),
        Attack(
            "moduleFilesOfLongPaths",
            #"local s = "/" .. long("*/") while true do pcall(snmp.modules, { config_file = { s } }) end"#
        ),
    ]
}
