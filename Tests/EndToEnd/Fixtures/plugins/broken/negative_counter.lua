plugin { help = "Counts below zero." }

local value = counter("test_broken_negative_total", "Never served.")

function collect()
  value(-1)
end
