-- Pressure stall information, from /proc/pressure (Linux 4.20).

local parse = require "parse"

local cpu_waiting = counter("node_pressure_cpu_waiting_seconds_total",
  "Total time in seconds that processes have waited for CPU time")
local io_waiting = counter("node_pressure_io_waiting_seconds_total",
  "Total time in seconds that processes have waited due to IO congestion")
local io_stalled = counter("node_pressure_io_stalled_seconds_total",
  "Total time in seconds no process could make progress due to IO congestion")
local memory_waiting = counter("node_pressure_memory_waiting_seconds_total",
  "Total time in seconds that processes have waited for memory")
local memory_stalled = counter("node_pressure_memory_stalled_seconds_total",
  "Total time in seconds no process could make progress due to memory congestion")

local RESOURCES = {
  { name = "cpu", some = cpu_waiting },
  { name = "io", some = io_waiting, full = io_stalled },
  { name = "memory", some = memory_waiting, full = memory_stalled },
}

--- The total of the line that begins with a word, in seconds; the kernel counts microseconds.
local function seconds(path, content, word)
  local total = content:match("%f[%a]" .. word .. " avg10=%S+ avg60=%S+ avg300=%S+ total=(%d+)")
  if not total then
    parse.fail(path, 'no valid line "' .. word .. '"')
  end
  return tonumber(total) / 1000 / 1000
end

--- The content of a pressure file, or nil and why there is none: an old kernel or the kernel option psi=0.
local function read(path)
  local content, message = fs.read(path)
  if content then
    return content
  elseif not fs.exists(path) then
    return nil, "pressure information needs Linux 4.20 and CONFIG_PSI"
  elseif message:lower():find("not supported", 1, true) then
    return nil, "pressure information is disabled; psi=1 on the kernel's command line enables it"
  end
  parse.unreadable(path, message)
end

return function(settings)
  return function()
    for _, resource in ipairs(RESOURCES) do
      local path = settings.procfs .. "/pressure/" .. resource.name
      local content, reason = read(path)
      if not content then
        return reason
      end
      resource.some(seconds(path, content, "some"))
      if resource.full then
        resource.full(seconds(path, content, "full"))
      end
    end
  end
end
