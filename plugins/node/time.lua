-- The time, the time zone and the kernel's clock sources.

local parse = require "parse"

local seconds = gauge("node_time_seconds", "System time in seconds since epoch (1970).")
local zone_offset = gauge("node_time_zone_offset_seconds", "System time zone offset in seconds.", { "time_zone" })
local available = gauge("node_time_clocksource_available_info",
  "Available clocksources read from '/sys/devices/system/clocksource'.", { "device", "clocksource" })
local current = gauge("node_time_clocksource_current_info",
  "Current clocksource read from '/sys/devices/system/clocksource'.", { "device", "clocksource" })

--- The offset in seconds that "+0530" stands for.
local function offset(text)
  local sign, hours, minutes = text:match("^([+-])(%d%d)(%d%d)")
  local value = (tonumber(hours) * 60 + tonumber(minutes)) * 60
  return sign == "-" and -value or value
end

local function emit_time()
  local now = time.now()
  seconds(now)
  local moment = math.floor(now)
  zone_offset(offset(os.date("%z", moment)), os.date("%Z", moment))
end

return function(settings)
  local directory = settings.sysfs .. "/devices/system/clocksource"
  local devices -- directories, in the order of their names; they cannot change while the kernel runs

  local function find_devices()
    devices = {}
    for _, name in ipairs(fs.list(directory) or {}) do
      if name:find("^clocksource%d") then
        devices[#devices + 1] = directory .. "/" .. name
      end
    end
  end

  return function()
    emit_time()
    if not devices then
      find_devices()
    end
    for i, device in ipairs(devices) do
      local number = tostring(i - 1)
      for name in parse.read(device .. "/available_clocksource"):gmatch("%S+") do
        available(1, number, name)
      end
      current(1, number, parse.trim(parse.read(device .. "/current_clocksource")))
    end
  end
end
