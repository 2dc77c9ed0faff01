-- Thermal throttling of cores and packages, from /sys/devices/system/cpu/cpuN. Part of the collector cpu.

local core_throttles = counter("node_cpu_core_throttles_total",
  "Number of times this CPU core has been throttled.", { "package", "core" })
local package_throttles = counter("node_cpu_package_throttles_total",
  "Number of times this CPU package has been throttled.", { "package" })

local counts -- what to read: { path, handle, label values }; nil makes the next run look again
local looked_at -- the CPUs that were online when `counts` was made

local function number(path)
  return (fs.read(path) or ""):match("^%s*(%d+)%s*$")
end

--- Adds a count unless it is already there from another CPU of the same core or package, or cannot be read.
local function add(key, path, handle, ...)
  if not counts[key] and number(path) then
    counts[key] = { path = path, handle = handle, labels = { ... } }
  end
end

--- Finds the counts there are. The topology is read only here, since few machines have any count at all.
local function look(directory)
  counts = {}
  for _, name in ipairs(fs.list(directory) or {}) do
    if name:find("^cpu%d") then
      local cpu = directory .. "/" .. name
      local package_id = number(cpu .. "/topology/physical_package_id")
      local core_id = package_id and number(cpu .. "/topology/core_id")
      if core_id then
        add(package_id .. "/" .. core_id, cpu .. "/thermal_throttle/core_throttle_count",
          core_throttles, package_id, core_id)
        add(package_id, cpu .. "/thermal_throttle/package_throttle_count", package_throttles, package_id)
      end
    end
  end
end

local function same_cpus(online)
  for cpu in pairs(online) do
    if not looked_at[cpu] then
      return false
    end
  end
  for cpu in pairs(looked_at) do
    if not online[cpu] then
      return false
    end
  end
  return true
end

--- Emits the counts. `online` is a table whose keys are the CPUs that are online.
return function(sysfs, online)
  if not counts or not same_cpus(online) then
    looked_at = online
    look(sysfs .. "/devices/system/cpu")
  end
  local complete = true
  for _, count in pairs(counts) do
    local value = number(count.path)
    if value then
      count.handle(value, table.unpack(count.labels))
    else
      complete = false
    end
  end
  if not complete then
    counts = nil
  end
end
