-- The size of a memory page in bytes. Part of the collector sockstat.

local DEFAULT = 4096
local ATTEMPTS = 3

local known

--- The quotient of the program's own size in bytes and in pages, the only place where every kernel tells both.
--- Nil if the program grew in between.
local function measure(procfs)
  local statm = procfs .. "/self/statm"
  local pages = (fs.read(statm) or ""):match("^%d+")
  local kib = (fs.read(procfs .. "/self/status") or ""):match("\nVmSize:%s*(%d+) kB")
  local again = (fs.read(statm) or ""):match("^%d+")
  if pages and kib and pages == again and tonumber(pages) > 0 then
    return tonumber(kib) * 1024 // tonumber(pages)
  end
end

return function(procfs)
  for _ = 1, known and 0 or ATTEMPTS do
    known = known or measure(procfs)
  end
  known = known or DEFAULT
  return known
end
