-- Walks roots of an agent, all at once, and reports each object, or with `sums` what a walk comes to.
local declarations = { roots = { type = "list", default = { "1.3.6.1.4.1.1182" } }, sums = false, times = 1 }
for name, declaration in pairs(snmp.settings) do
  declarations[name] = declaration
end

plugin { help = "Objects of an agent.", targets = "required", settings = declarations, needs = { ports = { 161 } } }

local object = gauge("agent_object", "A number.", { "oid", "type" })
local word = info("agent_text_info", "A text.", { "oid", "type", "value" })
local objects = gauge("agent_objects", "Objects below a root.", { "root" })
local sum = gauge("agent_sum", "Sum of the numbers below a root.", { "root" })

local function report(target, root)
  local count, total = 0, 0
  for oid, value, kind in assert(snmp.walk(target, root)) do
    count = count + 1
    if math.type(value) then
      total = total + value
    end
    if not target.settings.sums then
      if type(value) == "number" then
        object(value, oid, kind)
      else
        word(true, oid, kind, snmp.text(value) or "")
      end
    end
  end
  return count, total
end

local function walk(target, root)
  local count, total
  for _ = 1, target.settings.times do
    count, total = report(target, root)
  end
  objects(count, root)
  sum(total, root)
end

function collect(target)
  local walks = {}
  for i, root in ipairs(target.settings.roots) do
    walks[i] = function() walk(target, root) end
  end
  local _, errors = parallel(walks)
  local _, message = next(errors)
  if message then
    error(message, 0)
  end
end
