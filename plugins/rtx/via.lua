-- The setting `via`: by which protocols a router is asked, in the order of preference.

local KNOWN = { snmp = true, telnet = true }

--- The list itself, whether each protocol is in it, and `preferred`, the first one. Raises when it is wrong.
return function(list)
  local sources = { order = list, preferred = list[1] }
  for _, name in ipairs(list) do
    if not KNOWN[name] then
      error(("via must be a list of snmp and telnet, got %q"):format(name), 0)
    elseif sources[name] then
      error(("via has %s twice"):format(name), 0)
    end
    sources[name] = true
  end
  if #list == 0 then
    error("via must have snmp, telnet or both", 0)
  end
  return sources
end
