-- Sockets by protocol and state, from /proc/net/sockstat and sockstat6.

local parse = require "parse"
local page_size = require "page_size"

local sockets_used = gauge("node_sockstat_sockets_used", "Number of IPv4 sockets in use.")

local STATES = { inuse = true, orphan = true, tw = true, alloc = true, mem = true, memory = true }

local handles = {} -- by "PROTOCOL_STATE"

local function emit(protocol, key, value)
  local name = protocol .. "_" .. key
  local handle = handles[name]
  if not handle then
    local help = "Number of " .. protocol .. " sockets in state " .. key .. "."
    handle = family("gauge", "node_sockstat_" .. name, help, {})
    handles[name] = handle
  end
  handle(value)
end

--- Emits a line "TCP: inuse 5 orphan 0 tw 0 alloc 7 mem 1"; memory is counted in pages.
local function emit_protocol(path, procfs, protocol, states)
  local inuse = 0
  local expected = 1
  for from, key, value, to in states:gmatch("() (%S+) (%d+)()") do
    if from ~= expected then
      parse.blank(path, states, expected, from)
    end
    expected = to
    if key == "inuse" then
      inuse = value
    elseif STATES[key] then
      emit(protocol, key, value)
    end
    if key == "mem" then
      emit(protocol, "mem_bytes", tonumber(value) * page_size(procfs))
    end
  end
  parse.blank(path, states, expected, #states + 1)
  emit(protocol, "inuse", inuse)
end

local function emit_file(path, procfs)
  -- A kernel without IPv4 or IPv6 lacks one of the files.
  for line in (parse.optional(path) or ""):gmatch("[^\n]+") do
    local protocol, states = line:match("^([^:%s]+):( .*)$")
    if not protocol then
      parse.fail(path, "unexpected line " .. parse.quote(line))
    elseif protocol == "sockets" then
      sockets_used(states:match(" used (%d+)") or parse.fail(path, 'no "used" for sockets'))
    else
      emit_protocol(path, procfs, protocol, states)
    end
  end
end

return function(settings)
  local path = settings.procfs .. "/net/sockstat"

  return function()
    emit_file(path, settings.procfs)
    emit_file(path .. "6", settings.procfs)
  end
end
