plugin { help = "Takes memory without end." }

function collect()
  local hoard = {}
  while true do
    hoard[#hoard + 1] = string.rep("x", 1000000) .. #hoard
  end
end
