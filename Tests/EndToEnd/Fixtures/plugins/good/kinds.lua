plugin { help = "A family of every kind, with values and labels that need escaping." }

local runs = counter("test_kinds_runs_total", "A counter.")
local temperature = gauge("test_kinds_celsius", "A gauge with a \\ and a\nline end in its help.", { "place" })
local latency = histogram("test_kinds_latency_seconds", "A histogram.", { "method" })
local size = summary("test_kinds_size_bytes", "A summary.")
local build = info("test_kinds_build_info", "Labels only.", { "version" })
local mode = stateset("test_kinds_mode", "One state of several.")
local other = untyped("test_kinds_other", "A value of unknown kind.")

function collect()
  runs(12)
  temperature(21.5, "quote \" backslash \\ line\nend")
  temperature(-0.0, "küche")
  temperature(0 / 0, "broken sensor")
  temperature(math.huge, "sun")
  latency({ sum = 3.5, count = 4, buckets = { [0.1] = 1, [1] = 3, [math.huge] = 4 } }, "GET")
  size { sum = 100, count = 2, quantiles = { [0.5] = 40, [0.99] = 60 } }
  build(true, "1.2.3")
  mode { on = true, off = false }
  other(1e300)
end
