plugin {
  help  = "Reads a file it has declared.",
  needs = { files = { "/proc/loadavg" } },
}

local load1 = gauge("test_load1", "Load average of one minute.")

function collect()
  load1(fs.read("/proc/loadavg"):match("^(%S+)"))
end
