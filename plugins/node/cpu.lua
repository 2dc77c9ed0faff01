-- CPU time by mode, from /proc/stat; also isolated and throttled CPUs and, on demand, their models.

local parse = require "parse"
local cpuinfo = require "cpuinfo"
local throttle = require "throttle"

local seconds = counter("node_cpu_seconds_total", "Seconds the CPUs spent in each mode.", { "cpu", "mode" })
local guest_seconds = counter("node_cpu_guest_seconds_total",
  "Seconds the CPUs spent in guests (VMs) for each mode.", { "cpu", "mode" })
local isolated = gauge("node_cpu_isolated",
  "Whether each core is isolated, information from /sys/devices/system/cpu/isolated.", { "cpu" })

-- A line of /proc/stat as captured below: the CPU's number, ten columns of ticks, the next line's position.
local FIRST, LAST, NEXT = 2, 11, 12
local IDLE, GUEST_USER, GUEST_NICE = 5, 10, 11
local LINE = "^cpu(%d*)" .. ("[ \t]+(%d+)"):rep(LAST - FIRST + 1) .. "[^\n]*\n?()"
local SHORT_LINE = "^cpu(%d*)([ \t][%d \t]*)\n?()" -- old kernels have fewer columns

-- The guest times, columns 10 and 11, are part of user and nice as well.
local MODES = {
  [2] = "user", [3] = "nice", [4] = "system", [5] = "idle",
  [6] = "iowait", [7] = "irq", [8] = "softirq", [9] = "steal",
}

local TICKS_PER_SECOND = 100 -- USER_HZ; only alpha has had another

-- An idle time that goes back this far is a CPU that was taken away and came back; less is a known
-- inaccuracy of the kernel.
local JUMP_BACK_SECONDS = 3

local OFFLINE = { "", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

local known = {} -- the seconds last reported, by CPU number and column; they do not go back

--- A line with fewer columns than today's, as if the missing ones were 0.
local function short_line(path, content, at)
  local number, ticks, following = content:match(SHORT_LINE, at)
  if not number then
    parse.blank(path, content, at, #content + 1)
  end
  local line = { number }
  for tick in ticks:gmatch("%d+") do
    line[#line + 1] = tick
  end
  for column = #line + 1, LAST do
    line[column] = 0
  end
  line[NEXT] = following
  return line
end

--- The lines of the CPUs by number, and the greatest number.
local function read(path, content)
  local lines, greatest, at = {}, -1, 1
  while content:find("^cpu", at) do
    local line = { content:match(LINE, at) }
    if not line[1] then
      line = short_line(path, content, at)
    end
    local number = tonumber(line[1])
    if number then -- the first line, the sum, has none
      lines[number] = line
      greatest = number > greatest and number or greatest
    end
    at = line[NEXT]
  end
  return lines, greatest
end

--- Takes a new line into what was last reported.
local function update(row, line)
  if row[IDLE] - tonumber(line[IDLE]) / TICKS_PER_SECOND >= JUMP_BACK_SECONDS then
    for column = FIRST, LAST do
      row[column] = 0
    end
  end
  for column = FIRST, LAST do
    local value = tonumber(line[column]) / TICKS_PER_SECOND
    if value > row[column] then
      row[column] = value
    end
  end
end

--- A CPU that is offline, but has a smaller number than one that is not, is reported with zeros.
local function emit_seconds(lines, greatest, guest)
  if #known ~= greatest then
    known = {}
  end
  for number = 0, greatest do
    local row = known[number] or { tostring(number), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }
    known[number] = row
    update(row, lines[number] or OFFLINE)
    local cpu = row[1]
    for column = FIRST, GUEST_USER - 1 do
      seconds(row[column], cpu, MODES[column])
    end
    if guest then
      guest_seconds(row[GUEST_USER], cpu, "user")
      guest_seconds(row[GUEST_NICE], cpu, "nice")
    end
  end
end

--- The numbers in a list such as "1,4-6", as text. An unreadable or missing file is an empty list.
local function isolated_cpus(sysfs)
  local numbers = {}
  for range in (fs.read(sysfs .. "/devices/system/cpu/isolated") or ""):gmatch("[%d-]+") do
    local first, last = range:match("^(%d+)%-?(%d*)$")
    for number = tonumber(first) or 0, tonumber(last) or tonumber(first) or -1 do
      numbers[#numbers + 1] = tostring(number)
    end
  end
  return numbers
end

return function(settings)
  local path = settings.procfs .. "/stat"
  local options = settings.cpu
  local with_info = options.info or #options.flags_include > 0 or #options.bugs_include > 0
  local isolated_numbers -- cannot change while the kernel runs

  return function(run)
    if with_info then
      cpuinfo(settings)
    end
    local lines, greatest = read(path, parse.shared(run, path))
    if greatest < 0 then
      parse.fail(path, "no CPU lines")
    end
    emit_seconds(lines, greatest, options.guest)
    isolated_numbers = isolated_numbers or isolated_cpus(settings.sysfs)
    for _, number in ipairs(isolated_numbers) do
      isolated(1, number)
    end
    throttle(settings.sysfs, lines)
  end
end
