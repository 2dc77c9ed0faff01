-- `show status lanN`, `show status pp N` and `show status tunnel N`.
--
-- A LAN has `Transmitted: 14 packets (840 octets)`, a PP `Received: 14 packets [840 octets]  Load: 0.0%`, and a tunnel
-- a pair by IP version, the second one in a line of its own: `(IPv6) 0 packet [0 octet]`.

local labels = require "parse.labels"

local DIRECTIONS = {
  ["Transmitted"] = "out",
  ["送信"] = "out",
  ["送信パケット"] = "out",
  ["Received"] = "in",
  ["受信"] = "in",
  ["受信パケット"] = "in",
}

-- What a PP or a tunnel says of its state; the longer words first, since they contain shorter ones.
local STATES = {
  { "接続されていません", false },
  { "接続されています", true },
  { "status is Connected", true },
  { "status is Online", true },
  { "status is ", false },
}

--- Packets and octets at the start of the text, with or without `(IPv4)` in front.
local function counts_of(value)
  local packets, octets = value:gsub("^%s*%(IPv%d%)", ""):match("^%s*(%d+)%s*[^%d%s%(%[]+%s*[%(%[](%d+)")
  return tonumber(packets), tonumber(octets)
end

local function add(values, direction, packets, octets)
  local packets_name, octets_name = direction .. "_packets", direction .. "_octets"
  values[packets_name] = (values[packets_name] or 0) + packets
  values[octets_name] = (values[octets_name] or 0) + octets
end

local function state_of(answer)
  for _, entry in ipairs(STATES) do
    if answer:find(entry[1], 1, true) then
      return entry[2]
    end
  end
  return nil
end

--- One line: its direction when counters are in it, which also holds for a line `(IPv6) ...` that follows.
local function read_line(values, line, last)
  local label, value = labels.split(line)
  local direction = label and DIRECTIONS[label]
  if not direction and line:find("^%s*%(IPv%d%)") then
    direction, value = last, line
  end
  if direction then
    local packets, octets = counts_of(value)
    if packets then
      add(values, direction, packets, octets)
      return direction
    end
  elseif label and (label:lower():find("overflow", 1, true) or labels.has(label, "オーバーフロー")) then
    values.overflow = tonumber(value:match("^%d+"))
  end
  return nil
end

--- The counters out_packets, out_octets, in_packets, in_octets, overflow, and whether the connection is up (PP and
--- tunnel only). What the router does not say is nil.
return function(answer)
  local values = { up = state_of(answer) }
  local direction
  for line in labels.lines(answer) do
    direction = read_line(values, line, direction)
  end
  return values
end
