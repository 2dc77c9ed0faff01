-- What each key of the status becomes. Keys with a number of their own are handled one by one, families of keys by
-- their beginning.

local NANOSECONDS, MICROSECONDS = 1e9, 1e6

local build = info("h2o_build_info", "Versions of h2o and of its TLS library.", { "version", "openssl_version" })
local start_time = gauge("h2o_start_time_seconds", "Unix time of the start.")
local status_errors = counter("h2o_status_errors_total",
  "Responses that h2o made itself because of an error, by status.", { "code" })
local http1_errors = counter("h2o_http1_errors_total", "Requests that failed in HTTP/1.", { "error" })
local http2_errors = counter("h2o_http2_errors_total", "Protocol errors of HTTP/2.", { "error" })
local connection_states = gauge("h2o_connection_states", "Connections by state.", { "state" })
local memory_chunks = gauge("h2o_memory_chunks", "Chunks of memory that are kept for reuse.", { "pool" })
local memory_low_watermark = gauge("h2o_memory_low_watermark_chunks",
  "The fewest chunks that were kept lately.", { "pool" })
local jemalloc = gauge("h2o_jemalloc_bytes", "Memory by jemalloc's account.", { "state" })
local evloop_latency = gauge("h2o_evloop_latency_seconds", "How late the event loop of a thread is.", { "thread" })
local handshakes = counter("h2o_ssl_handshakes_total", "TLS handshakes.", { "type" })
local handshake_time = counter("h2o_ssl_handshake_seconds_total", "Time of TLS handshakes.", { "type" })
local alpn = counter("h2o_ssl_alpn_total", "Connections by the protocol agreed on in TLS.", { "protocol" })

-- Keys that are one sample without labels.
local GAUGES = {
  ["connections"] = { "h2o_connections", "Open connections." },
  ["generation"] = { "h2o_generation", "How often h2o was restarted by its supervisor." },
  ["listeners"] = { "h2o_listeners", "Addresses h2o listens on." },
  ["max-connections"] = { "h2o_max_connections", "The most connections that may be open." },
  ["soft-connection-limit"] = { "h2o_soft_connection_limit", "Connections from which on idle ones are closed." },
  ["uptime"] = { "h2o_uptime_seconds", "Time since the start." },
  ["worker-threads"] = { "h2o_worker_threads", "Threads that handle connections." },
  ["memory.socket.zerocopy.inflight"] = { "h2o_memory_zerocopy_inflight", "Buffers that the kernel is sending." },
  ["quic.num-sentmap-packets-largest"] = { "h2o_quic_sentmap_packets_largest",
    "The most packets of a QUIC connection that waited for an acknowledgement." },
}
local COUNTERS = {
  ["num-sessions"] = { "h2o_sessions_total", "Connections accepted." },
  ["connections.idle-closed"] = { "h2o_connections_idle_closed_total", "Idle connections closed to make room." },
  ["h2olog.lost"] = { "h2o_h2olog_lost_total", "Events that h2olog lost." },
  ["http2.idle-timeout"] = { "h2o_http2_idle_timeouts_total", "HTTP/2 connections closed for being idle." },
  ["http2.read-closed"] = { "h2o_http2_read_closed_total", "HTTP/2 connections closed while reading." },
  ["http2.streaming-requests"] = { "h2o_http2_streaming_requests_total", "HTTP/2 requests whose body was streamed." },
  ["http2.write-closed"] = { "h2o_http2_write_closed_total", "HTTP/2 connections closed while writing." },
  ["http3.forwarded-packet-received"] = { "h2o_http3_forwarded_packets_received_total",
    "QUIC packets that another thread or server forwarded." },
  ["http3.packet-forwarded"] = { "h2o_http3_packets_forwarded_total",
    "QUIC packets forwarded to another thread or server." },
  ["memory.mmap_errors"] = { "h2o_memory_mmap_errors_total", "Failed calls of mmap." },
  ["ssl.errors"] = { "h2o_ssl_errors_total", "Failed TLS handshakes." },
}

local exact = {}

local function is_count(value)
  return type(value) == "number" and value >= 0
end

for key, names in pairs(GAUGES) do
  local emit = gauge(names[1], names[2])
  exact[key] = function(value)
    emit(type(value) == "number" and value or nil)
  end
end
for key, names in pairs(COUNTERS) do
  local emit = counter(names[1], names[2])
  exact[key] = function(value)
    emit(is_count(value) and value or nil)
  end
end

exact["restart-time"] = function(value)
  start_time(type(value) == "string" and time.parse(value, "%d/%b/%Y:%H:%M:%S %z") or nil)
end

exact["evloop-latency-nanosec"] = function(values)
  for index, value in ipairs(type(values) == "table" and values or {}) do
    if type(value) == "number" then
      evloop_latency(value / NANOSECONDS, index - 1)
    end
  end
end

exact["jemalloc"] = function(values)
  for _, state in ipairs { "active", "allocated", "mapped", "metadata", "resident" } do
    local value = type(values) == "table" and values[state]
    jemalloc(type(value) == "number" and value or nil, state)
  end
end

--- A key as part of a metric's name.
local function name_of(key)
  return (key:gsub("[^%w]+", "_"):lower())
end

--- Emits into a family that is known only now. Two keys that become one name cost the second one.
local function emit_by_name(kind, name, help, value, ...)
  local ok, message = pcall(function(...)
    family(kind, name, help, select("#", ...) > 0 and { "frame" } or {})(value, ...)
  end, ...)
  if not ok then
    log.debug("key is left out", { metric = name, error = message })
  end
end

local function labelled(emit, scale)
  return function(value, label)
    emit(value / (scale or 1), label)
  end
end

-- Patterns of keys, whose capture is the label.
local PATTERNS = {
  { "^status%-errors%.(%d+)$", labelled(status_errors) },
  { "^http1%-errors%.(.+)$", labelled(http1_errors) },
  { "^http2%-errors%.(.+)$", labelled(http2_errors) },
  { "^connections%.([%w-]+)$", labelled(connection_states) },
  { "^memory%.(.+)%.chunks$", labelled(memory_chunks) },
  { "^memory%.(.+)%.low_watermark$", labelled(memory_low_watermark) },
  { "^ssl%.handshake%.accumulated%-time%.(.+)$", labelled(handshake_time, MICROSECONDS) },
  { "^ssl%.handshake%.([%w-]+)$", labelled(handshakes) },
  { "^ssl%.alpn%.(.+)$", labelled(alpn) },
  { "^quic%.num%-frames%-([%w]+)%.(.+)$", function(value, direction, frame)
    local name = "h2o_quic_frames_" .. direction .. "_total"
    emit_by_name("counter", name, "QUIC frames " .. direction .. ".", value, frame)
  end },
  { "^quic%.(.+)$", function(value, rest)
    local name = "h2o_quic_" .. name_of(rest:gsub("^num%-", "")) .. "_total"
    emit_by_name("counter", name, "h2o's quic." .. rest .. ".", value)
  end },
}

--- Emits a number by the first pattern that knows its key; false when none does.
local function emit_by_pattern(key, value)
  for _, pattern in ipairs(PATTERNS) do
    local label, second = key:match(pattern[1])
    if label then
      pattern[2](value, label, second)
      return true
    end
  end
  return false
end

-- What durations.lua reports.
local DURATION = "^[%a-]+%-%d+$"

return function(status, shows_unknown)
  local function text(key)
    return type(status[key]) == "string" and status[key] or ""
  end
  build(true, text("server-version"), text("openssl-version"))
  local sorted = {}
  for key in pairs(status) do
    if type(key) == "string" then
      sorted[#sorted + 1] = key
    end
  end
  table.sort(sorted)
  for _, key in ipairs(sorted) do
    local value = status[key]
    if exact[key] then
      exact[key](value)
    elseif is_count(value) and not key:find(DURATION) and not emit_by_pattern(key, value) and shows_unknown then
      emit_by_name("untyped", "h2o_" .. name_of(key), "h2o's " .. key .. ".", value)
    end
  end
end
