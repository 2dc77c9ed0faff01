-- What the collectors share: reading files that must exist, and strict line-by-line parsing.

local find, gsub, match, sub = string.find, string.gsub, string.match, string.sub

local LONGEST_EXCERPT = 80

local parse = {}

--- Raises "PATH: MESSAGE", without a position in the plugin's source: the fault is in the file.
function parse.fail(path, message)
  error(path .. ": " .. message, 0)
end

--- Raises the message of a failed file operation, with the path put in front where it is not in the message.
function parse.unreadable(path, message)
  if find(message, path, 1, true) then
    error(message, 0)
  end
  parse.fail(path, message)
end

--- The first line of a text, in quotes and fit for a log.
function parse.quote(content)
  local line = match(content, "^%s*([^\n]*)")
  return '"' .. gsub(sub(line, 1, LONGEST_EXCERPT), "[^\x20-\x7e]", "?") .. '"'
end

--- The content of a file that must be there; raises otherwise.
function parse.read(path)
  local content, message = fs.read(path)
  if not content then
    parse.unreadable(path, message)
  end
  return content
end

--- The content of a file that several collectors want, read once per run.
function parse.shared(run, path)
  local content = run[path] or parse.read(path)
  run[path] = content
  return content
end

--- The content of a file, or nil if there is no such file; raises if it is there but cannot be read.
function parse.optional(path)
  local content, message = fs.read(path)
  if not content and fs.exists(path) then
    parse.unreadable(path, message)
  end
  return content
end

--- Raises unless the content between two positions (the second excluded) is blank.
--- Collectors call it when `string.gmatch` had to skip something that fits no line of the format.
function parse.blank(path, content, from, to)
  local skipped = sub(content, from, to - 1)
  if find(skipped, "%S") then
    parse.fail(path, "unexpected line " .. parse.quote(skipped))
  end
end

--- The decimal number a file consists of, as text; raises if the content is anything else.
function parse.integer(path, content)
  local number = match(content, "^%s*([+-]?%d+)%s*$")
  if not number then
    parse.fail(path, "not a number: " .. parse.quote(content))
  end
  return number
end

--- Text without blanks at both ends.
function parse.trim(content)
  return match(content, "^%s*(.-)%s*$")
end

return parse
