plugin { help = "A plugin of two files." }

local part = require "part"

local value = gauge("test_folder_value", "What the other file says.")

function collect()
  value(part.value)
end
