-- The format of os-release(5): assignments in shell syntax. Part of the collector os.

local parse = require "parse"

local ESCAPES = {
  ['"'] = '"', ["\\"] = "\\", ["/"] = "/", ["$"] = "$", ["`"] = "`",
  b = "\b", f = "\f", n = "\n", r = "\r", t = "\t",
}

--- What stands between double quotes, and the position after them; or nil and what is wrong.
local function double_quoted(text, at)
  local parts = {}
  while true do
    local plain, stop, following = text:match('^([^"\\]*)(["\\]?)()', at)
    parts[#parts + 1] = plain
    if stop == '"' then
      return table.concat(parts), following
    elseif stop == "" then
      return nil, 'unmatched "'
    end
    local code = text:match("^u(%x%x%x%x)", following)
    local escape = text:sub(following, following)
    if code then
      parts[#parts + 1] = utf8.char(tonumber(code, 16))
    elseif ESCAPES[escape] then
      parts[#parts + 1] = ESCAPES[escape]
    else
      return nil, "invalid escape sequence \\" .. escape
    end
    at = following + (code and 5 or 1)
  end
end

--- The value that the right side of an assignment stands for; or nil and what is wrong.
local function evaluate(text)
  local parts, at = {}, 1
  while at <= #text do
    local plain, stop, following = text:match("^([^\"'#]*)([\"'#]?)()", at)
    parts[#parts + 1] = plain
    at = following
    if stop == "#" then
      parts[#parts] = plain:match("^(.-)%s*$") -- a comment, which takes the blanks before it along
      break
    elseif stop == "'" then
      local quoted, past = text:match("^([^']*)'()", at)
      if not quoted then
        return nil, "unmatched '"
      end
      parts[#parts + 1], at = quoted, past
    elseif stop == '"' then
      local quoted, past = double_quoted(text, at)
      if not quoted then
        return nil, past
      end
      parts[#parts + 1], at = quoted, past
    end
  end
  return table.concat(parts)
end

--- The values by key; or nil and what is wrong. Values that are not UTF-8 are left out.
return function(content)
  local values = {}
  for line in content:gmatch("[^\n]+") do
    line = line:match("^%s*(.-)%s*$")
    if line ~= "" and line:sub(1, 1) ~= "#" then
      local key, text = line:gsub("^export ", ""):match("^([%a_][%w_./]*)%s*=%s*(.*)$")
      if not key then
        return nil, "not an assignment: " .. parse.quote(line)
      end
      local value, message = evaluate(text)
      if not value then
        return nil, message .. " in " .. key
      end
      values[key] = utf8.len(value) and value or nil
    end
  end
  return values
end
