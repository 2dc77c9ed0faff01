-- ARP entries, from /proc/net/arp.

local parse = require "parse"
local filter = require "filter"

local entries = gauge("node_arp_entries", "ARP entries by device", { "device" })

-- Address, hardware type, flags, hardware address, mask and, last, the device.
local LINE = "^%s*(%S+)%s+%S+%s+%S+%s+%S+%s+%S+.-%s(%S+)%s*$"

--- The number of entries by device. The heading begins with "IP address".
local function count(path)
  local counts = {}
  for line in parse.read(path):gmatch("[^\n]+") do
    local address, device = line:match(LINE)
    if not address then
      parse.fail(path, "unexpected line " .. parse.quote(line))
    elseif address ~= "IP" then
      counts[device] = (counts[device] or 0) + 1
    end
  end
  return counts
end

return function(settings)
  local path = settings.procfs .. "/net/arp"
  local wanted = filter.devices(settings.arp.device_exclude, settings.arp.device_include)

  return function()
    for device, number in pairs(count(path)) do
      if wanted(device) then
        entries(number, device)
      end
    end
  end
end
