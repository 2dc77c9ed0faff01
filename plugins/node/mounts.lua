-- The table of mounted file systems (fstab(5)) and which of them are reported. Part of the collector filesystem.

local parse = require "parse"

local UNESCAPED_IN_LABELS = { ["040"] = " ", ["011"] = "\t" } -- node_exporter undoes these two only

local function unescape_label(text)
  return (text:gsub("\\(0[14][01])", UNESCAPED_IN_LABELS))
end

local function unescape(text)
  return (text:gsub("\\([0-3][0-7][0-7])", function(octal)
    return string.char(tonumber(octal, 8))
  end))
end

--- A path without the root's prefix; the path itself if it does not lie below the root.
local function below(root, path)
  if root ~= "" and (path == root or path:sub(1, #root + 1) == root .. "/") then
    path = path:sub(#root + 1)
  end
  return path == "" and "/" or path
end

--- A function that tells whether a mount point is excluded. An entry of the list excludes that directory and all
--- below it; an entry that ends in "/*" excludes only what is below.
local function excluder(list)
  local whole, inside = {}, {}
  for _, entry in ipairs(list) do
    local directory = entry:match("^(.*)/%*$")
    if directory then
      inside[directory] = true
    else
      whole[entry] = true
    end
  end
  return function(path)
    if whole[path] then
      return true
    end
    local parent = path:match("^(.+)/[^/]*$")
    while parent do
      if whole[parent] or inside[parent] then
        return true
      end
      parent = parent:match("^(.+)/[^/]*$")
    end
    return false
  end
end

local function set(list)
  local members = {}
  for _, member in ipairs(list) do
    members[member] = true
  end
  return members
end

--- A function that turns a table of mounts into a list of those to report, each once:
--- device, mountpoint, fstype, read_only and path, where to call statfs.
return function(settings)
  local root = settings.rootfs
  local excluded = excluder(settings.filesystem.mount_points_exclude)
  local excluded_type = set(settings.filesystem.fs_types_exclude)

  local function mount(device, escaped, fstype, options)
    local mountpoint = below(root, unescape_label(escaped))
    if excluded(mountpoint) or excluded_type[fstype] then
      return nil
    elseif not utf8.len(device) or not utf8.len(mountpoint) or not utf8.len(fstype) then
      log.debug("mount point is not UTF-8, it is not reported", { mountpoint = escaped:gsub("[\x80-\xff]", "?") })
      return nil
    end
    local inside = below(root, unescape(escaped))
    return {
      device = device, mountpoint = mountpoint, fstype = fstype,
      read_only = ("," .. options .. ","):find(",ro,", 1, true) ~= nil,
      path = (inside == "/" and root ~= "") and root or root .. inside,
    }
  end

  return function(path, content)
    local mounts, seen = {}, {}
    for line in content:gmatch("[^\n]+") do
      local device, mountpoint, fstype, options = line:match("^%s*(%S+)%s+(%S+)%s+(%S+)%s+(%S+)")
      if not device then
        parse.fail(path, "unexpected line " .. parse.quote(line))
      end
      local found = mount(device, mountpoint, fstype, options)
      local key = found and table.concat({ device, found.mountpoint, fstype }, "\n")
      if found and not seen[key] then
        seen[key] = true
        mounts[#mounts + 1] = found
      end
    end
    return mounts
  end
end
