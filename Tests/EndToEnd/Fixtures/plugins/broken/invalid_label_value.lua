plugin { help = "Emits a label value that is not UTF-8." }

local value = gauge("test_broken_utf8", "Never served.", { "text" })

function collect()
  value(1, "\xff\xfe")
end
