plugin { help = "Emits one label set twice." }

local value = gauge("test_broken_duplicate", "Never served.", { "name" })

function collect()
  value(1, "same")
  value(2, "same")
end
