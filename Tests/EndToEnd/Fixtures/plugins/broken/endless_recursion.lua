plugin { help = "Calls itself without end." }

local function down(depth)
  return 1 + down(depth + 1)
end

function collect()
  down(1)
end
