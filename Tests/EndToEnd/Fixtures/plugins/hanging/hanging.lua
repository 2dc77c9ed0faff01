local settings = plugin {
  help     = "Reads a file whose file system may hang.",
  settings = { dir = "/nonexistent" },
  needs    = { files = { "${dir}/*" } },
}

local value = gauge("test_hanging_value", "The number in the file.")

function collect()
  value((assert(fs.read(settings.dir .. "/value"))))
end
