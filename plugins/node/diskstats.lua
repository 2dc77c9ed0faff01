-- Disk I/O, from /proc/diskstats, with what udev knows about the disks.

local parse = require "parse"
local filter = require "filter"
local udev = require "udev"

local DEVICE = { "device" }

local disk_info = gauge("node_disk_info", "Info of /sys/block/<block_device>.",
  { "device", "major", "minor", "path", "wwn", "model", "serial", "revision" })
local filesystem_info = gauge("node_disk_filesystem_info", "Info about disk filesystem.",
  { "device", "type", "usage", "uuid", "version" })
local mapper_info = gauge("node_disk_device_mapper_info", "Info about disk device mapper.",
  { "device", "name", "uuid", "vg_name", "lv_name", "lv_layer" })
local ata = {
  ID_ATA_WRITE_CACHE = gauge("node_disk_ata_write_cache", "ATA disk has a write cache.", DEVICE),
  ID_ATA_WRITE_CACHE_ENABLED = gauge("node_disk_ata_write_cache_enabled",
    "ATA disk has its write cache enabled.", DEVICE),
  ID_ATA_ROTATION_RATE_RPM = gauge("node_disk_ata_rotation_rate_rpm",
    "ATA disk rotation rate in RPMs (0 for SSDs).", DEVICE),
}

-- In the order of the columns after the device (Documentation/admin-guide/iostats.rst).
local columns = {
  counter("node_disk_reads_completed_total", "The total number of reads completed successfully.", DEVICE),
  counter("node_disk_reads_merged_total", "The total number of reads merged.", DEVICE),
  counter("node_disk_read_bytes_total", "The total number of bytes read successfully.", DEVICE),
  counter("node_disk_read_time_seconds_total", "The total number of seconds spent by all reads.", DEVICE),
  counter("node_disk_writes_completed_total", "The total number of writes completed successfully.", DEVICE),
  counter("node_disk_writes_merged_total", "The number of writes merged.", DEVICE),
  counter("node_disk_written_bytes_total", "The total number of bytes written successfully.", DEVICE),
  counter("node_disk_write_time_seconds_total", "This is the total number of seconds spent by all writes.", DEVICE),
  gauge("node_disk_io_now", "The number of I/Os currently in progress.", DEVICE),
  counter("node_disk_io_time_seconds_total", "Total seconds spent doing I/Os.", DEVICE),
  counter("node_disk_io_time_weighted_seconds_total", "The weighted # of seconds spent doing I/Os.", DEVICE),
  counter("node_disk_discards_completed_total", "The total number of discards completed successfully.", DEVICE),
  counter("node_disk_discards_merged_total", "The total number of discards merged.", DEVICE),
  counter("node_disk_discarded_sectors_total", "The total number of sectors discarded successfully.", DEVICE),
  counter("node_disk_discard_time_seconds_total",
    "This is the total number of seconds spent by all discards.", DEVICE),
  counter("node_disk_flush_requests_total", "The total number of flush requests completed successfully", DEVICE),
  counter("node_disk_flush_requests_time_seconds_total",
    "This is the total number of seconds spent by all flush requests.", DEVICE),
}
local OLDEST_COLUMNS = 11 -- since Linux 2.6; 15 since 4.18, 17 since 5.5

local SECTOR_BYTES, SECONDS_PER_TICK = 512, 0.001 -- whatever the disk's own sector size and the kernel's HZ
local FACTORS = {
  [3] = SECTOR_BYTES, [7] = SECTOR_BYTES,
  [4] = SECONDS_PER_TICK, [8] = SECONDS_PER_TICK, [10] = SECONDS_PER_TICK, [11] = SECONDS_PER_TICK,
  [15] = SECONDS_PER_TICK, [17] = SECONDS_PER_TICK,
}

local LINE = "^[ \t]*(%d+)[ \t]+(%d+)[ \t]+(%S+)([^\n]*)\n?()"

local function emit_counts(path, device, counts)
  local column = 0
  for count in counts:gmatch("%S+") do
    column = column + 1
    local handle, factor = columns[column], FACTORS[column]
    if not handle then
      return
    end
    local number = tonumber(count) or parse.fail(path, "not a number: " .. parse.quote(count))
    handle(factor and number * factor or number, device)
  end
end

local function emit_info(device, major, minor, properties)
  disk_info(1, device, major, minor, properties.ID_PATH or "", properties.ID_WWN or "",
    properties.ID_MODEL or "", properties.ID_SERIAL_SHORT or "", properties.ID_REVISION or "")
  if (properties.ID_FS_TYPE or "") ~= "" then
    filesystem_info(1, device, properties.ID_FS_TYPE, properties.ID_FS_USAGE or "",
      properties.ID_FS_UUID or "", properties.ID_FS_VERSION or "")
  end
  if (properties.DM_NAME or "") ~= "" then
    mapper_info(1, device, properties.DM_NAME, properties.DM_UUID or "", properties.DM_VG_NAME or "",
      properties.DM_LV_NAME or "", properties.DM_LV_LAYER or "")
  end
  if (properties.ID_ATA or "") ~= "" then
    for property, handle in pairs(ata) do
      handle(tonumber(properties[property]), device)
    end
  end
end

return function(settings)
  local path = settings.procfs .. "/diskstats"
  local wanted = filter.devices(settings.diskstats.device_exclude, settings.diskstats.device_include)
  local properties_of = udev(settings.udev_data)

  return function()
    local content = parse.read(path)
    local at = 1
    while at <= #content do
      local major, minor, device, counts, following = content:match(LINE, at)
      if not major then
        parse.blank(path, content, at, #content + 1)
        return
      end
      at = following
      if wanted(device) and select(2, counts:gsub("%S+", "")) >= OLDEST_COLUMNS then
        emit_info(device, major, minor, properties_of(major, minor))
        emit_counts(path, device, counts)
      end
    end
  end
end
