plugin { help = "Says when it starts and takes 300 ms." }

local value = gauge("test_slow", "Emitted after the wait.")

function collect()
  log.warn("slow collect started")
  sleep(0.3)
  value(1)
end
