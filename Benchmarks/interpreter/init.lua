local settings = plugin {
  help     = "Times pure Lua work with the sandbox's limits armed.",
  settings = { runs = { type = "integer", default = 2, help = "Runs of each workload; the quickest counts." } },
}

local seconds = gauge("workload_seconds", "Processor time of the quickest run of a workload.", { "workload" })
local run = require "workloads"

function collect()
  run(settings.runs, function(name, value) seconds(value, name) end)
end
