-- Selected fields of a file with a name and a number in every line, such as /proc/vmstat. The names are the
-- kernel's and do not change while it runs: the first run reads every line, the others look up the wanted names.

local parse = require "parse"

--- Every line of the content, checked. Returns the wanted fields in the file's order: handle and text before number.
local function read_all(path, content, declare)
  local fields, expected = {}, 1
  for from, name, blanks, to in content:gmatch("\n()(%S+)([ \t]+)%d+()") do
    if from ~= expected + 1 then
      parse.blank(path, content, expected, from)
    end
    expected = to
    local handle = declare(name)
    if handle then
      fields[#fields + 1] = { handle = handle, heading = "\n" .. name .. blanks }
    end
  end
  parse.blank(path, content, expected, #content + 1)
  return fields
end

--- Fills in the numbers of the fields; false if one is not where it is expected.
local function find_numbers(content, fields, numbers)
  local at = 1
  for i = 1, #fields do
    local _, last = content:find(fields[i].heading, at, true)
    local number = last and content:match("^%d+", last + 1)
    if not number then
      return false
    end
    numbers[i] = number
    at = last
  end
  return true
end

--- A function that emits the wanted fields of a content. `declare` returns the handle for a name, or false.
return function(path, declare)
  local fields

  return function(content)
    local numbers = {}
    content = "\n" .. content
    if not fields or not find_numbers(content, fields, numbers) then
      fields = nil
      fields = read_all(path, content, declare)
      find_numbers(content, fields, numbers)
    end
    for i = 1, #fields do
      fields[i].handle(numbers[i])
    end
  end
end
