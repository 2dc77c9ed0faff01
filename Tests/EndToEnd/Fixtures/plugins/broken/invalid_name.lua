plugin { help = "Declares a name that is none." }

gauge("test broken-name", "A blank and a hyphen.")

function collect() end
