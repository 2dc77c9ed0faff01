plugin { help = "Emits a million samples." }

local value = gauge("test_broken_million", "One of a million.", { "number" })

function collect()
  for number = 1, 1000000 do
    value(number, tostring(number))
  end
end
