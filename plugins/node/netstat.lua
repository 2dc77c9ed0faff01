-- Selected protocol counters, from /proc/net/netstat, snmp and snmp6. Every field becomes a family of its own.

local parse = require "parse"
local filter = require "filter"
local fields = require "fields"

local MOST_COLUMNS = 40 -- of one pattern: Lua's matcher recurses for each

--- The steps that take the values apart below a heading "TcpExt: SyncookiesSent SyncookiesRecv ...". A step skips
--- columns and captures one, which is emitted if the step has a handle.
local function plan(path, heading, declare)
  local protocol, names = heading:match("^(%S+):(.*)$")
  if not protocol then
    parse.fail(path, "unexpected line " .. parse.quote(heading))
  end
  local steps, skipped = { protocol = protocol, start = #protocol + 2 }, 0
  for name in names:gmatch("%S+") do
    local handle = declare(protocol, name)
    if handle or skipped == MOST_COLUMNS then
      local pattern = "^" .. (" %S+"):rep(skipped) .. (handle and " (%-?%d+)()" or " (%S+)()")
      steps[#steps + 1] = { pattern = pattern, handle = handle }
      skipped = 0
    else
      skipped = skipped + 1
    end
  end
  steps.rest = "^" .. (" %S+"):rep(skipped) .. "$"
  return steps
end

local function emit_values(path, steps, values)
  local at = steps.start
  for i = 1, #steps do
    local step = steps[i]
    local value, following = values:match(step.pattern, at)
    if not value then
      parse.fail(path, "the numbers of " .. steps.protocol .. " do not fit its names")
    end
    if step.handle then
      step.handle(value)
    end
    at = following
  end
  if not values:find(steps.rest, at) then
    parse.fail(path, steps.protocol .. " does not have as many numbers as names")
  end
end

--- The counters of a file of pairs of lines, names and values. `plans` keeps the steps by the line of names.
local function emit_pairs(path, plans, declare)
  for heading, values in parse.read(path):gmatch("([^\n]+)\n?([^\n]*)") do
    local steps = plans[heading] or plan(path, heading, declare)
    plans[heading] = steps
    emit_values(path, steps, values)
  end
end

return function(settings)
  local directory = settings.procfs .. "/net/"
  local wanted = filter.any(settings.netstat.fields)
  local plans = {}

  local function declare(protocol, name)
    local key = protocol .. "_" .. name
    return wanted(key) and family("untyped", "node_netstat_" .. key, "Statistic " .. protocol .. name .. ".", {})
  end

  -- "Ip6InOctets" is the field InOctets of Ip6; a name without a 6 is no field.
  local emit_fields6 = fields(directory .. "snmp6", function(name)
    local protocol, field = name:match("^([^6]*6)(.*)$")
    return protocol and declare(protocol, field)
  end)

  return function()
    emit_pairs(directory .. "netstat", plans, declare)
    emit_pairs(directory .. "snmp", plans, declare)
    local content = parse.optional(directory .. "snmp6") -- absent without IPv6
    if content then
      emit_fields6(content)
    end
  end
end
