local settings = plugin {
  help     = "Counts its runs, each of which takes a while.",
  settings = { seconds = 0.0 },
}

local runs = gauge("test_counting_runs", "Runs of this plugin so far.")

function collect()
  state.runs = (state.runs or 0) + 1
  sleep(settings.seconds)
  runs(state.runs)
end
