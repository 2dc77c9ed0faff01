plugin { help = "Requires a file it does not have." }

require "absent"

function collect() end
