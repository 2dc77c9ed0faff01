-- h2o's status handler (`status: ON`), versions 2.2 and 2.3.
--
-- h2o's own exporter names its keys as they are and takes nearly all for counters; here they have the types that
-- h2o's source gives them, base units and labels. docs/plugins/h2o.md lists them.
--   * Durations are microseconds, whatever h2o's manual says (lib/handler/status/durations.c).
--   * Without `duration-stats: ON` h2o answers 0 for all of them, which would look like a very fast server: while all
--     are 0 there are no samples.
--   * With two `status: ON` in its configuration, 2.2 writes keys twice; the last one counts.

local settings = plugin {
  help = "The web server h2o, from its status handler.",
  targets = "required",

  settings = {
    ca_file = { type = "string", default = "", help = "Certificates to trust instead of the system's, as PEM." },
    insecure_skip_verify = { type = "boolean", default = false, help = "Accept any certificate." },
    timeout = { type = "duration", help = "How long h2o may take; without it, as long as the scrape." },
    unknown = {
      type = "boolean",
      default = false,
      help = "Report numbers that are not known here as h2o_NAME, without a type.",
    },
  },

  needs = { files = { "${ca_file}" } },
}

local keys = require "keys"
local durations = require "durations"

-- Requests in flight are left out: they name clients. An h2o that does not know a module passes over it.
local QUERY = "?show=main,events,durations,ssl,memory"

--- The URL of the numbers, from that of the status page, with or without /json and a query.
local function url_of(address)
  local url = address:find("://", 1, true) and address or "http://" .. address
  url = url:gsub("[?#].*$", ""):gsub("/+$", ""):gsub("/json$", "")
  return url .. "/json" .. QUERY
end

local function options_of(target)
  local ca_file, skip = target.settings.ca_file, target.settings.insecure_skip_verify
  local tls
  if ca_file ~= "" or skip then
    tls = { ca = ca_file ~= "" and assert(fs.read(ca_file)) or nil, insecure_skip_verify = skip }
  end
  return { timeout = target.settings.timeout, tls = tls }
end

local function fetch(target)
  local url = url_of(target.address)
  local response, message = http.get(url, options_of(target))
  if not response then
    error(message, 0)
  end
  if not response.ok then
    error(("%s: status %d"):format(response.url, response.status), 0)
  end
  local status, problem = response:json()
  if type(status) ~= "table" or status["server-version"] == nil then
    error(("%s: not the status of h2o%s"):format(response.url, problem and ": " .. problem or ""), 0)
  end
  return status
end

function collect(target)
  local status = fetch(target)
  durations(status)
  keys(status, settings.unknown)
end
