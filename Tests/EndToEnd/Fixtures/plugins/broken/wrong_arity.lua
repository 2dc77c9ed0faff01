plugin { help = "Forgets a label." }

local value = gauge("test_broken_arity", "Never served.", { "one", "two" })

function collect()
  value(1, "only one")
end
