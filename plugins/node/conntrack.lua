-- Connection tracking, from /proc/sys/net/netfilter and /proc/net/stat/nf_conntrack.

local parse = require "parse"

local entries = gauge("node_nf_conntrack_entries",
  "Number of currently allocated flow entries for connection tracking.")
local limit = gauge("node_nf_conntrack_entries_limit", "Maximum size of connection tracking table.")

-- The number is the column of the statistics file, which has 17 hexadecimal columns and a line per CPU.
local statistics = {
  [3] = gauge("node_nf_conntrack_stat_found", "Number of searched entries which were successful."),
  [5] = gauge("node_nf_conntrack_stat_invalid", "Number of packets seen which can not be tracked."),
  [6] = gauge("node_nf_conntrack_stat_ignore",
    "Number of packets seen which are already connected to a conntrack entry."),
  [9] = gauge("node_nf_conntrack_stat_insert", "Number of entries inserted into the list."),
  [10] = gauge("node_nf_conntrack_stat_insert_failed",
    "Number of entries for which list insertion was attempted but failed."),
  [11] = gauge("node_nf_conntrack_stat_drop", "Number of packets dropped due to conntrack failure."),
  [12] = gauge("node_nf_conntrack_stat_early_drop",
    "Number of dropped conntrack entries to make room for new ones, if maximum table size was reached."),
  [17] = gauge("node_nf_conntrack_stat_search_restart",
    "Number of conntrack table lookups which had to be restarted due to hashtable resizes."),
}
local COLUMNS = 17

--- Adds one line's columns to the sums.
local function add(sums, line, path)
  local column = 0
  for value in line:gmatch("%S+") do
    column = column + 1
    if statistics[column] then
      local number = value:find("^%x+$") and tonumber(value, 16)
      sums[column] = (sums[column] or 0) + (number or parse.fail(path, "not hexadecimal: " .. parse.quote(value)))
    end
  end
  if column ~= COLUMNS then
    parse.fail(path, column .. " columns instead of " .. COLUMNS)
  end
end

return function(settings)
  local count_path = settings.procfs .. "/sys/net/netfilter/nf_conntrack_count"
  local limit_path = settings.procfs .. "/sys/net/netfilter/nf_conntrack_max"
  local path = settings.procfs .. "/net/stat/nf_conntrack"

  return function()
    local count = parse.optional(count_path)
    if not count then
      return "conntrack is probably not loaded"
    end
    entries(parse.integer(count_path, count))
    local maximum = parse.optional(limit_path)
    local content = maximum and parse.optional(path)
    if maximum then
      limit(parse.integer(limit_path, maximum))
    end
    if not content then
      return "conntrack is probably not loaded"
    end
    local sums = {}
    for line in content:gmatch("\n([^\n]+)") do
      add(sums, line, path)
    end
    for column, handle in pairs(statistics) do
      handle(sums[column] or 0)
    end
  end
end
