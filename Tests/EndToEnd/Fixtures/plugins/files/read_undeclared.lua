plugin { help = "Reads what it has not declared." }

local leaked = gauge("test_leaked_bytes", "Length of what was read.", { "by" })

function collect()
  leaked(#assert(fs.read("/etc/hostname")), "undeclared")
end
