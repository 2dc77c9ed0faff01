plugin {
  help  = "Reads a device, which is refused even where its name was granted.",
  needs = { files = { "/dev/zero" } },
}

local leaked = gauge("test_leaked_bytes", "Length of what was read.", { "by" })

function collect()
  leaked(#assert(fs.read("/dev/zero", 100)), "device")
end
