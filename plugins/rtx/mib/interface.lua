-- One row of ifTable and ifXTable.

local counters = require "mib.counters"

local UP = 1 -- ifOperStatus

-- What is an interface of the router; what else is in ifTable are loopbacks and the ports of switches behind it.
local KINDS = { lan = true, pp = true, tunnel = true, wan = true, onu = true, bri = true, bridge = true }

local interface = {}

--- Kind and number of `LAN1`, `PP[01]`, `TUNNEL[1]`; nil for what is none of the router's interfaces. How PPs and
--- tunnels are spelled is not documented, so `PP01`, `PP 1` and `Tunnel #1` will do as well.
function interface.name(description)
  local kind, number = description:match("^%s*(%a+)[%s_#:-]*[%[(]?%s*0*(%d+)%s*[%])]?:?%s*$")
  kind = kind and kind:lower()
  if KINDS[kind] then
    return kind, tonumber(number)
  end
  return nil
end

local function number(value)
  return type(value) == "number" and value or nil
end

--- Octets and packets in 64 bits where the row has them, else those of 32 bits carried on; `known` is what is kept of
--- the interface between runs.
local function count(row, wide, known, direction)
  local octets = wide and number(wide[direction .. "_octets"])
  local packets
  local function add(value)
    packets = value and (packets or 0) + value or packets
  end
  if octets then
    for _, kind in ipairs { "_unicast", "_multicast", "_broadcast" } do
      add(number(wide[direction .. kind]))
    end
  else
    octets = counters.extend(known, direction .. "_octets", number(row[direction .. "_octets"]))
    for _, kind in ipairs { "_unicast", "_other" } do
      add(counters.extend(known, direction .. kind, number(row[direction .. kind])))
    end
  end
  return octets, packets
end

--- The values that `names.interface` takes.
function interface.values(row, wide, known)
  local values = {}
  values.in_octets, values.in_packets = count(row, wide, known, "in")
  values.out_octets, values.out_packets = count(row, wide, known, "out")
  if row.status then
    values.up = row.status == UP
  end
  return values
end

return interface
