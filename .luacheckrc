-- Plugins run in a sandbox: Lua 5.4 without io, load, debug and package, with the host API's globals.
std = "lua54"
max_line_length = 120
globals = { "collect" }
not_globals = { "collectgarbage", "debug", "dofile", "io", "load", "loadfile", "package", "warn" }
read_globals = {
  "plugin",
  "gauge", "counter", "histogram", "summary", "info", "stateset", "untyped", "family",
  "parallel", "sleep",
  dns = { other_fields = true },
  exec = {},
  exposition = { fields = { "conflicts", "emit", "parse", "scrape" } },
  fs = { fields = { "read", "lines", "list", "stat", "statfs", "readlink", "exists" } },
  http = { other_fields = true },
  json = { fields = { "decode", "encode", "null" } },
  log = { fields = { "debug", "info", "warn", "error" } },
  os = { fields = { "uname" } },
  snmp = { other_fields = true },
  state = { read_only = false, other_fields = true },
  tcp = { other_fields = true },
  telnet = { other_fields = true },
  text = { other_fields = true },
  time = { fields = { "now", "monotonic", "parse", "format" } },
  udp = { other_fields = true },
  unix = { other_fields = true },
}
