-- Device and field filters made from lists of Lua patterns, each of which must match the whole name.

local find = string.find

local function any(patterns)
  local anchored = {}
  for i, pattern in ipairs(patterns) do
    anchored[i] = "^" .. pattern .. "$"
  end
  return function(name)
    for i = 1, #anchored do
      if find(name, anchored[i]) then
        return true
      end
    end
    return false
  end
end

local filter = { any = any }

--- A function that tells whether a device is wanted: not excluded and, unless the list is empty, included.
--- Names that are not UTF-8 are never wanted, since they cannot be label values.
function filter.devices(exclude, include)
  local excluded, included, all = any(exclude), any(include), #include == 0
  return function(name)
    return not excluded(name) and (all or included(name)) and utf8.len(name) ~= nil
  end
end

return filter
