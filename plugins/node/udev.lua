-- What udev recorded about block devices (udevadm(8)), from /run/udev/data. Part of the collector diskstats.

local NONE = {}

local function read(content)
  local properties = {}
  for key, value in ("\n" .. content):gmatch("\nE:([^=\n]+)=([^\n]*)") do
    properties[key] = utf8.len(value) and value or nil -- anything else cannot be a label value
  end
  return properties
end

--- A function that returns the properties of a block device by major and minor number, none if udev knows none.
return function(directory)
  local cache = {} -- by path: the file's content and the properties in it

  return function(major, minor)
    local path = directory .. "/b" .. major .. ":" .. minor
    local content = fs.read(path)
    if not content then
      cache[path] = nil
      return NONE
    end
    local entry = cache[path]
    if not entry or entry.content ~= content then
      entry = { content = content, properties = read(content) }
      cache[path] = entry
    end
    return entry.properties
  end
end
