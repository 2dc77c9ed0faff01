plugin { help = "Waits for longer than any scrape." }

function collect()
  sleep(60)
end
