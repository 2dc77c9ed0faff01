-- Summaries of durations, of which h2o gives five quantiles since its start, without sum or count.

local KINDS = {
  ["connect-time"] = { "h2o_connect_time_seconds", "From the connection to the first byte of a request." },
  ["header-time"] = { "h2o_header_time_seconds", "To receive the headers of a request." },
  ["body-time"] = { "h2o_body_time_seconds", "To receive the body of a request." },
  ["request-total-time"] = { "h2o_request_total_time_seconds", "To receive a request." },
  ["process-time"] = { "h2o_process_time_seconds", "From the request to the first byte of the response." },
  ["response-time"] = { "h2o_response_time_seconds", "To send a response." },
  ["duration"] = { "h2o_duration_seconds", "From the first byte of a request to the last of its response." },
}

local PERCENTILES = { 0, 25, 50, 75, 99 }
local MICROSECONDS = 1e6

local families = {}
for kind, names in pairs(KINDS) do
  families[kind] = summary(names[1], names[2])
end

--- The quantiles of one kind in seconds, and whether any is above 0.
local function quantiles_of(status, kind)
  local quantiles, is_used = {}, false
  for _, percentile in ipairs(PERCENTILES) do
    local value = status[kind .. "-" .. percentile]
    if type(value) == "number" then
      quantiles[percentile / 100] = value / MICROSECONDS
      is_used = is_used or value > 0
    end
  end
  return quantiles, is_used
end

return function(status)
  local found, is_used = {}, false
  for kind in pairs(KINDS) do
    local quantiles, has_time = quantiles_of(status, kind)
    found[kind] = quantiles
    is_used = is_used or has_time
  end
  for kind, emit in pairs(families) do
    if is_used and next(found[kind]) then
      emit({ quantiles = found[kind] })
    end
  end
end
