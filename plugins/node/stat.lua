-- Interrupts, context switches, processes and the boot time, from /proc/stat.

local parse = require "parse"

local interrupts = counter("node_intr_total", "Total number of interrupts serviced.")
local switches = counter("node_context_switches_total", "Total number of context switches.")
local forks = counter("node_forks_total", "Total number of forks.")
local boot_time = gauge("node_boot_time_seconds", "Node boot time, in unixtime.")
local running = gauge("node_procs_running", "Number of processes in runnable state.")
local blocked = gauge("node_procs_blocked", "Number of processes blocked waiting for I/O to complete.")
local softirqs = counter("node_softirqs_total", "Number of softirq calls.", { "vector" })

local FIELDS = {
  intr = interrupts,
  ctxt = switches,
  processes = forks,
  btime = boot_time,
  procs_running = running,
  procs_blocked = blocked,
}
-- In the order of the kernel's line, after the total.
local VECTORS = { "hi", "timer", "net_tx", "net_rx", "block", "block_iopoll", "tasklet", "sched", "hrtimer", "rcu" }

--- Where the value of a field begins, or nil. A plain search: the line of interrupts can have 100 kB.
local function position(content, field)
  local _, last = content:find("\n" .. field .. " ", 1, true)
  return last and last + 1
end

--- The first number of a field; 0 if the kernel does not report the field, as in node_exporter.
local function value(path, content, field)
  local at = position(content, field)
  return not at and 0 or content:match("^%d+", at) or parse.fail(path, 'invalid value of "' .. field .. '"')
end

local function emit_softirqs(path, content)
  local at = position(content, "softirq")
  local line = at and content:match("^%d+([^\n]*)", at) or ""
  local number = 0
  for calls in line:gmatch(" (%d+)") do
    number = number + 1
    if VECTORS[number] then
      softirqs(calls, VECTORS[number])
    end
  end
  if number < #VECTORS then
    parse.fail(path, 'too few numbers in "softirq"')
  end
end

return function(settings)
  local path = settings.procfs .. "/stat"

  return function(run)
    local content = parse.shared(run, path)
    if not position(content, "btime") and not position(content, "ctxt") then
      parse.fail(path, 'neither "btime" nor "ctxt" found')
    end
    for field, handle in pairs(FIELDS) do
      handle(value(path, content, field))
    end
    if settings.stat.softirq then
      emit_softirqs(path, content)
    end
  end
end
