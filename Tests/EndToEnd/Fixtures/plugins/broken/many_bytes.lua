plugin { help = "Emits few samples with long labels." }

local value = gauge("test_broken_bytes", "A sample of 10 kB.", { "text" })

function collect()
  local long = string.rep("x", 10000)
  for number = 1, 1000 do
    value(number, long .. number)
  end
end
