-- Packets processed in software interrupts, from /proc/net/softnet_stat.

local parse = require "parse"

local processed = counter("node_softnet_processed_total", "Number of processed packets", { "cpu" })
local dropped = counter("node_softnet_dropped_total", "Number of dropped packets", { "cpu" })
local squeezed = counter("node_softnet_times_squeezed_total",
  "Number of times processing packets ran out of quota", { "cpu" })

-- A line has at least nine hexadecimal columns, of which the first three are reported.
local LINE = "()(%x+) (%x+) (%x+) %x+ %x+ %x+ %x+ %x+ %x+[^\n]*\n?()"

return function(settings)
  local path = settings.procfs .. "/net/softnet_stat"

  return function()
    local content = parse.read(path)
    local row, expected = 0, 1
    for from, packets, drops, squeezes, to in content:gmatch(LINE) do
      if from ~= expected then
        parse.blank(path, content, expected, from)
      end
      expected = to
      local cpu = tostring(row) -- the position, not the CPU's number: what node_exporter reports
      processed(tonumber(packets, 16), cpu)
      dropped(tonumber(drops, 16), cpu)
      squeezed(tonumber(squeezes, 16), cpu)
      row = row + 1
    end
    parse.blank(path, content, expected, #content + 1)
  end
end
