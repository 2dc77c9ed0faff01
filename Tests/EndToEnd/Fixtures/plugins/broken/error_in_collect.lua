plugin { help = "Fails after its first sample, which must not be served." }

local value = gauge("test_broken_half", "Emitted before the error.")

function collect()
  value(1)
  error("device does not answer")
end
