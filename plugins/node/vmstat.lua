-- Selected virtual memory counters, from /proc/vmstat. Every field becomes a family of its own.

local parse = require "parse"
local filter = require "filter"
local fields = require "fields"

return function(settings)
  local path = settings.procfs .. "/vmstat"
  local wanted = filter.any(settings.vmstat.fields)

  local emit = fields(path, function(field)
    local help = "/proc/vmstat information field " .. field .. "."
    return wanted(field) and family("untyped", "node_vmstat_" .. field, help, {})
  end)

  return function()
    emit(parse.read(path))
  end
end
