plugin { help = "Succeeds once and never again." }

local value = gauge("test_first_run", "From the first run.")

function collect()
  state.runs = (state.runs or 0) + 1
  if state.runs > 1 then error("succeeds only once") end
  value(1)
end
