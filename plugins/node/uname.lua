-- The names of the system, from uname(2).

local uname_info = gauge("node_uname_info", "Labeled system information as provided by the uname system call.",
  { "sysname", "release", "version", "machine", "nodename", "domainname" })

return function()
  return function()
    local name = os.uname()
    uname_info(1, name.sysname, name.release, name.version, name.machine, name.nodename, name.domainname)
  end
end
