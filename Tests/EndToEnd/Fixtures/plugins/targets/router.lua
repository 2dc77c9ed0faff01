-- A plugin with targets, some of which hang or fail, by their names.
plugin {
  help = "Stands for a plugin that asks routers.",
  settings = {
    seconds  = { type = "number", default = 0.01, help = "How long an answer takes." },
    password = { type = "secret", default = "", help = "Is logged, and must not be seen." },
  },
  targets = "required",
}

local uptime = gauge("test_router_uptime_seconds", "Grows by one with each run.")
local bytes = counter("test_router_bytes_total", "By interface.", { "interface" })

function collect(target)
  local count = (state[target.address] or 0) + 1
  state[target.address] = count
  log.info("login with " .. target.settings.password)
  if target.address:find("hangs", 1, true) then
    log.info("waiting for a prompt")
    sleep(3600)
  end
  if target.address:find("fails", 1, true) then error("wrong password " .. target.settings.password) end
  sleep(target.settings.seconds)
  uptime(count)
  bytes(100, "lan1")
  bytes(200, "lan2")
end
