-- `show environment`.

local labels = require "parse.labels"

local SECONDS_PER_DAY = 86400

--- `5days 21:12:17`, `21:12:17`, `5日 21:12:17`; hours, minutes and seconds may be spelled out in Japanese.
local function seconds_of(value)
  local hours, minutes, seconds = value:match("(%d+):(%d+):(%d+)")
  hours = hours or value:match("(%d+)時間")
  minutes = minutes or value:match("(%d+)分")
  seconds = seconds or value:match("(%d+)秒")
  local days = value:match("(%d+)%s*day") or value:match("(%d+)%s*日")
  if not (days or hours or minutes or seconds) then
    return nil
  end
  return (tonumber(days) or 0) * SECONDS_PER_DAY + (tonumber(hours) or 0) * 3600 + (tonumber(minutes) or 0) * 60
    + (tonumber(seconds) or 0)
end

local function buffers_of(value)
  local found = {}
  for percent, size in value:gmatch("(%d+)%%%((%a+)%)") do
    found[size] = tonumber(percent)
  end
  return found
end

--- The line `CPU: 3%(5sec) 2%(1min) 2%(5min)    Memory: 24% used`, whose second label is inside the value.
local function read_load(values, value)
  values.cpu_5sec = tonumber(value:match("(%d+)%%%(5sec%)"))
  values.cpu_1min = tonumber(value:match("(%d+)%%%(1min%)"))
  values.cpu_5min = tonumber(value:match("(%d+)%%%(5min%)"))
  values.memory = tonumber(value:match("[^%d]:%s*(%d+)%% used"))
end

--- What the router said: cpu_5sec, cpu_1min, cpu_5min, memory (percent), packet_buffer (percent by size),
--- temperature (Celsius), uptime (seconds), model, firmware, serial. What it did not say is nil.
return function(answer)
  local values = { packet_buffer = {} }
  values.model, values.firmware = ("\n" .. answer):match("\n%s*(%S+) Rev%.(%S+)")
  values.serial = answer:match("serial=(%S+)")
  for label, value in labels.each(answer) do
    if label == "CPU" then
      read_load(values, value)
    elseif value:find("%(small%)") then
      values.packet_buffer = buffers_of(value)
    elseif labels.has(label, "Inside Temperature") or labels.has(label, "筐体内温度") then
      values.temperature = tonumber(value:match("^%-?%d+"))
    elseif labels.has(label, "Elapsed time from boot") or labels.has(label, "起動からの経過時間") then
      values.uptime = seconds_of(value)
    end
  end
  return values
end
