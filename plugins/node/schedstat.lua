-- Scheduler statistics per CPU, from /proc/schedstat (CONFIG_SCHEDSTATS).

local parse = require "parse"

local running = counter("node_schedstat_running_seconds_total",
  "Number of seconds CPU spent running a process.", { "cpu" })
local waiting = counter("node_schedstat_waiting_seconds_total",
  "Number of seconds spent by processing waiting for this CPU.", { "cpu" })
local timeslices = counter("node_schedstat_timeslices_total",
  "Number of timeslices executed by CPU.", { "cpu" })

local NANOSECONDS_PER_SECOND = 1e9
local CPU_LINE = "^\ncpu(%d+) %d+ %d+ %d+ %d+ %d+ %d+ (%d+) (%d+) (%d+)"

return function(settings)
  local path = settings.procfs .. "/schedstat"

  return function()
    local content = parse.optional(path)
    if not content then
      return "the kernel has no scheduler statistics"
    end
    content = "\n" .. content
    -- The lines of the scheduling domains between those of the CPUs are long: leap over them.
    local at = content:find("\ncpu", 1, true)
    if not at then
      parse.fail(path, "no CPU lines")
    end
    while at do
      local cpu, run, wait, slices = content:match(CPU_LINE, at)
      if not cpu then
        parse.blank(path, content, at, #content + 1)
      end
      running(tonumber(run) / NANOSECONDS_PER_SECOND, cpu)
      waiting(tonumber(wait) / NANOSECONDS_PER_SECOND, cpu)
      timeslices(slices, cpu)
      at = content:find("\ncpu", at + 4, true)
    end
  end
end
