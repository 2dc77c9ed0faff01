-- Memory, from /proc/meminfo. Every field becomes a family of its own.

local parse = require "parse"

local BYTES_PER_KIB = 1024

local plain, scaled = {}, {} -- handles by field name as the kernel writes it, without and with the unit kB

local function declare(field, suffix)
  local key = field:gsub("%((.*)%)", "_%1") .. suffix -- Active(anon) -> Active_anon_bytes
  local kind = key:find("_total$") and "counter" or "gauge"
  return family(kind, "node_memory_" .. key, "Memory information field " .. key .. ".", {})
end

--- Emits one field. The kernel's only unit is kB, by which it means KiB.
local function emit(path, field, value, unit)
  if unit == "" then
    plain[field] = plain[field] or declare(field, "")
    plain[field](value)
  elseif unit:find("^[ \t]%S+$") then
    scaled[field] = scaled[field] or declare(field, "_bytes")
    scaled[field](tonumber(value) * BYTES_PER_KIB)
  else
    parse.fail(path, "invalid unit for " .. field)
  end
end

return function(settings)
  local path = settings.procfs .. "/meminfo"

  return function()
    local content = parse.read(path)
    local expected = 1
    for from, field, value, unit, to in content:gmatch("()([^%s:]+):[ \t]*(%d+)([^\n]*)\n?()") do
      if from ~= expected then
        parse.blank(path, content, expected, from)
      end
      expected = to
      local handle = unit == " kB" and scaled[field]
      if handle then
        handle(tonumber(value) * BYTES_PER_KIB)
      else
        emit(path, field, value, unit)
      end
    end
    if expected == 1 then
      parse.fail(path, "no fields")
    end
    parse.blank(path, content, expected, #content + 1)
  end
end
