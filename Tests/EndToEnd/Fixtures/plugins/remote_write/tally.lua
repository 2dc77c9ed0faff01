plugin {
  help    = "Asks a server for a number that grows with every question.",
  targets = "required",
}

local tally = gauge("test_tally", "The number that was handed out.")
local share = gauge("test_share", "The same, a label apart.", {"digit"})

function collect(target)
  local response = assert(http.get(target.address))
  local number = assert(tonumber(response.body))
  tally(number)
  share(number, tostring(number % 10))
end
