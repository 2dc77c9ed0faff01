-- Temperatures and cooling devices, from /sys/class/thermal.

local parse = require "parse"

local temperature = gauge("node_thermal_zone_temp", "Zone temperature in Celsius", { "zone", "type" })
local current_state = gauge("node_cooling_device_cur_state",
  "Current throttle state of the cooling device", { "name", "type" })
local maximum_state = gauge("node_cooling_device_max_state",
  "Maximum throttle state of the cooling device", { "name", "type" })

local MILLIDEGREES = 1000

-- What reading the temperature of a zone answers that has none at the moment, such as one of a sleeping modem.
local NO_TEMPERATURE = { "No data available", "Resource temporarily unavailable", "Invalid argument" }

local function is_idle(message)
  for _, text in ipairs(NO_TEMPERATURE) do
    if message:find(text, 1, true) then
      return true
    end
  end
  return false
end

local function emit_zone(zone)
  local path = zone.path .. "/temp"
  local content, message = fs.read(path)
  if content then
    temperature(tonumber(parse.integer(path, content)) / MILLIDEGREES, zone.number, zone.type)
  elseif is_idle(message) then
    log.debug("thermal zone has no temperature", { path = path, error = message })
  else
    parse.unreadable(path, message)
  end
end

local function emit_cooling_device(device)
  local current, maximum = device.path .. "/cur_state", device.path .. "/max_state"
  current_state(parse.integer(current, parse.read(current)), device.number, device.type)
  maximum_state(parse.integer(maximum, parse.read(maximum)), device.number, device.type)
end

--- The entries of the directory whose name is the prefix and a number, with their types.
local function entries(directory, names, prefix)
  local found = {}
  for _, name in ipairs(names) do
    local number = name:match("^" .. prefix .. "(%d.*)$")
    if number then
      local path = directory .. "/" .. name
      found[#found + 1] = { path = path, number = number, type = parse.trim(parse.read(path .. "/type")) }
    end
  end
  return found
end

return function(settings)
  local directory = settings.sysfs .. "/class/thermal"
  local listing, zones, devices -- the types are read again when the list of names has changed

  return function()
    local names = fs.list(directory) or {}
    local joined = table.concat(names, " ")
    if joined ~= listing then
      zones, devices = entries(directory, names, "thermal_zone"), entries(directory, names, "cooling_device")
      listing = joined
    end
    for _, zone in ipairs(zones) do
      emit_zone(zone)
    end
    for _, device in ipairs(devices) do
      emit_cooling_device(device)
    end
  end
end
