-- Load averages, from /proc/loadavg.

local parse = require "parse"

local load1 = gauge("node_load1", "1m load average.")
local load5 = gauge("node_load5", "5m load average.")
local load15 = gauge("node_load15", "15m load average.")

return function(settings)
  local path = settings.procfs .. "/loadavg"

  return function()
    local one, five, fifteen = parse.read(path):match("^%s*([%d.]+)%s+([%d.]+)%s+([%d.]+)%f[%s\0]")
    if not one then
      parse.fail(path, "does not begin with three numbers")
    end
    load1(one)
    load5(five)
    load15(fifteen)
  end
end
