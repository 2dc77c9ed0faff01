-- `show nat descriptor address` and `show nat descriptor masquerade port N summary`.

local labels = require "parse.labels"

local nat = {}

local function is_heading(label)
  return label:lower():find("nat descriptor", 1, true) ~= nil or labels.has(label, "NATディスクリプタ")
end

--- The descriptors in the order of the answer: number, used (ports, over all outer addresses; nil if not said).
function nat.descriptors(answer)
  local found, descriptor = {}, nil
  for label, value in labels.each(answer) do
    local number = is_heading(label) and value:match("^(%d+)%s*,")
    if number then
      descriptor = { number = tonumber(number) }
      found[#found + 1] = descriptor
    elseif descriptor then
      local used = value:match("(%d+)%s*個使用中") or value:match("(%d+)%s+used")
      if used then
        descriptor.used = (descriptor.used or 0) + tonumber(used)
      end
    end
  end
  return found
end

--- Ports in use and the most that can be, from a summary such as `203.0.113.7   71/ 65534`; nil if not said.
function nat.ports(answer)
  local used, limit
  for one, most in answer:gmatch("(%d+)%s*/%s*(%d+)") do
    used, limit = (used or 0) + tonumber(one), (limit or 0) + tonumber(most)
  end
  return used, limit
end

return nat
