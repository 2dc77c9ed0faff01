local settings = plugin {
  help     = "Tries to read what it was not given.",
  settings = { dir = "/nonexistent" },
  needs    = { files = { "${dir}/*" } },
}

local leaked = gauge("test_leaked_bytes", "Length of what was read.", { "by" })

function collect()
  leaked(#assert(fs.read(settings.dir .. "/link", 100)), "symlink")
end
