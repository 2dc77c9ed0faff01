plugin { help = "Counts to not a number." }

local value = counter("test_broken_nan_total", "Never served.")

function collect()
  value(0 / 0)
end
