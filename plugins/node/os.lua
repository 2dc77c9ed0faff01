-- The name and version of the distribution, from os-release(5).

local parse = require "parse"
local os_release = require "os_release"

-- The labels are the file's keys in lower case.
local LABELS = { "build_id", "id", "id_like", "image_id", "image_version", "name", "pretty_name",
  "variant", "variant_id", "version", "version_codename", "version_id" }

local os_info = gauge("node_os_info", "A metric with a constant '1' value labeled by " ..
  table.concat(LABELS, ", ") .. ".", LABELS)
local os_version = gauge("node_os_version", "Metric containing the major.minor part of the OS version.",
  { "id", "id_like", "name" })

local function interpret(path, content)
  local values, message = os_release(content)
  if not values then
    parse.fail(path, message)
  end
  local labels = {}
  for i, label in ipairs(LABELS) do
    labels[i] = values[label:upper()] or ""
  end
  return {
    content = content,
    labels = labels,
    id = values.ID or "", id_like = values.ID_LIKE or "", name = values.NAME or "",
    version = tonumber((values.VERSION_ID or ""):match("^%d+%.?%d*")) or 0,
  }
end

return function(settings)
  local paths = { settings.rootfs .. "/etc/os-release", settings.rootfs .. "/usr/lib/os-release" }
  local known = {}

  return function()
    local path = paths[1]
    local content = parse.optional(path)
    if not content then
      path = paths[2]
      content = parse.optional(path)
    end
    if not content then
      return "no os-release file found"
    end
    if content ~= known.content then
      known = interpret(path, content)
    end
    os_info(1, table.unpack(known.labels))
    if known.version > 0 then
      os_version(known.version, known.id, known.id_like, known.name)
    end
  end
end
