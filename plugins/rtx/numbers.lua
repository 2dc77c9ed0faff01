-- Lists of numbers as settings write them: { "1-4", "7" }.

local HIGHEST = 1000 -- more interfaces than any model has

--- The numbers in the order of the list, each once. Raises for an entry that is none; `setting` names the culprit.
return function(entries, setting)
  local found, seen = {}, {}
  for _, entry in ipairs(entries) do
    local first, last = entry:match("^%s*(%d+)%s*%-%s*(%d+)%s*$")
    first = tonumber(first or entry:match("^%s*(%d+)%s*$"))
    last = tonumber(last) or first
    if not first or first < 1 or last < first or last > HIGHEST then
      error(("%s must be numbers from 1 to %d or ranges such as 1-4, got %q"):format(setting, HIGHEST, entry), 0)
    end
    for number = first, last do
      if not seen[number] then
        seen[number] = true
        found[#found + 1] = number
      end
    end
  end
  return found
end
