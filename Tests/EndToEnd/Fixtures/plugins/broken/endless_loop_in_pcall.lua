plugin { help = "Catches what should stop it." }

function collect()
  while true do
    pcall(function()
      while true do end
    end)
  end
end
