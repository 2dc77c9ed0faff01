-- `show status dhcp`: for each scope its leases and then its counts.

local labels = require "parse.labels"

-- The Japanese label of all addresses is the end of one that begins differently by firmware.
local COUNTS = {
  { name = "all", english = "All", japanese = "全アドレス数" },
  { name = "excluded", english = "Except", japanese = "除外アドレス数" },
  { name = "assigned", english = "Leased", japanese = "割り当て中アドレス数" },
  { name = "available", english = "Usable", japanese = "利用可能アドレス数" },
}

local function count_of(label)
  for _, count in ipairs(COUNTS) do
    if label == count.english or labels.ends_in(label, count.japanese) then
      return count.name
    end
  end
  return nil
end

local function is_heading(label)
  return labels.has(label, "DHCP") and (labels.has(label, "cope") or labels.has(label, "スコープ"))
end

--- Takes the counts of a line, which may hold more than one: `All: 190 Except: 4`.
local function read_counts(scope, name, value)
  scope[name] = tonumber(value:match("^%d+"))
  for label, number in value:gmatch("(%a+):%s*(%d+)") do
    local other = count_of(label)
    if other then
      scope[other] = tonumber(number)
    end
  end
end

--- The scopes in the order of the answer: number (text), all, excluded, assigned, available.
return function(answer)
  local scopes = {}
  for label, value in labels.each(answer) do
    local name = count_of(label)
    local number = is_heading(label) and value:match("^(%d+)$")
    if number then
      scopes[#scopes + 1] = { number = number }
    elseif name then
      local scope = scopes[#scopes]
      -- Where no heading was recognized, the first count begins a scope.
      if not scope or (name == "all" and scope.all) then
        scope = { number = tostring(#scopes + 1) }
        scopes[#scopes + 1] = scope
      end
      read_counts(scope, name, value)
    end
  end
  return scopes
end
