-- The kernel's entropy pool, from /proc/sys/kernel/random.

local parse = require "parse"

local available = gauge("node_entropy_available_bits", "Bits of available entropy.")
local pool_size = gauge("node_entropy_pool_size_bits", "Bits of entropy pool.")

return function(settings)
  local available_path = settings.procfs .. "/sys/kernel/random/entropy_avail"
  local pool_path = settings.procfs .. "/sys/kernel/random/poolsize"

  return function()
    available(parse.integer(available_path, parse.read(available_path)))
    pool_size(parse.integer(pool_path, parse.read(pool_path)))
  end
end
