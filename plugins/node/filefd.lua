-- Open file descriptors, from /proc/sys/fs/file-nr.

local parse = require "parse"

local allocated = gauge("node_filefd_allocated", "File descriptor statistics: allocated.")
local maximum = gauge("node_filefd_maximum", "File descriptor statistics: maximum.")

return function(settings)
  local path = settings.procfs .. "/sys/fs/file-nr"

  return function()
    -- The second number has been 0 since Linux 2.6.
    local used, limit = parse.read(path):match("^%s*(%d+)\t%d+\t(%d+)%s*$")
    if not used then
      parse.fail(path, "not three numbers")
    end
    allocated(used)
    maximum(limit)
  end
end
