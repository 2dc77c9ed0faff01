-- Network devices, from /proc/net/dev.

local parse = require "parse"
local filter = require "filter"

local function declare(key)
  return counter("node_network_" .. key .. "_total", "Network device statistic " .. key .. ".", { "device" })
end

-- In the order of the columns after the device's name.
local columns = {
  declare "receive_bytes", declare "receive_packets", declare "receive_errs", declare "receive_drop",
  declare "receive_fifo", declare "receive_frame", declare "receive_compressed", declare "receive_multicast",
  declare "transmit_bytes", declare "transmit_packets", declare "transmit_errs", declare "transmit_drop",
  declare "transmit_fifo", declare "transmit_colls", declare "transmit_carrier", declare "transmit_compressed",
}
local nohandler = declare "receive_nohandler"

local PACKETS = 2
local LINE = "^[ \t]*(%S+):[ \t]*(%d+)" .. ("[ \t]+(%d+)"):rep(#columns - 1) .. "[^\n]*\n?()"

--- What is kept about a device between two runs.
local function device_record(sysfs, name, wanted)
  return { wanted = wanted(name), nohandler_path = sysfs .. "/class/net/" .. name .. "/statistics/rx_nohandler" }
end

--- Packets that no protocol took. They are not in /proc/net/dev, so this costs a file per device, which is
--- only read if the device has received anything since; absent before Linux 4.6 and in other network namespaces.
local function emit_nohandler(device, name, packets)
  if packets ~= device.packets then
    device.packets = packets
    device.nohandler = (fs.read(device.nohandler_path) or ""):match("^%d+")
  end
  nohandler(device.nohandler, name)
end

return function(settings)
  local path = settings.procfs .. "/net/dev"
  local wanted = filter.devices(settings.netdev.device_exclude, settings.netdev.device_include)
  local previous = {} -- device records by name, of the last run only: containers come and go

  return function()
    local content = parse.read(path)
    local current = {}
    -- Two lines of headings.
    local at = content:match("^[^\n]*|[^\n]*\n[^\n]*|[^\n]*\n?()") or parse.fail(path, "no headings")
    while at <= #content do
      local line = { content:match(LINE, at) }
      local name = line[1]
      if not name then
        parse.blank(path, content, at, #content + 1)
        break
      end
      at = line[#line]
      local device = previous[name] or device_record(settings.sysfs, name, wanted)
      current[name] = device
      if device.wanted then
        for column = 1, #columns do
          columns[column](line[column + 1], name)
        end
        emit_nohandler(device, name, line[PACKETS + 1])
      end
    end
    previous = current
  end
end
