plugin { help = "Never returns." }

function collect()
  while true do end
end
