plugin { help = "One sample that is always the same." }

local steady = gauge("test_steady", "Always 1.")

function collect()
  steady(1)
end
