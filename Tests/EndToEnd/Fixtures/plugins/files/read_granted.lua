local settings = plugin {
  help     = "Reads what it was given.",
  settings = { dir = "/nonexistent" },
  needs    = { files = { "${dir}/*" } },
}

local granted = gauge("test_granted_bytes", "Length of what was read.")

function collect()
  granted(#assert(fs.read(settings.dir .. "/plain")))
end
