-- Other exporters: fetches their expositions, filters, adds labels and merges them with everything else.
--
-- The body is parsed while it arrives and never held, so that its size is limited by what is kept of it only: the
-- plugin's limits of samples and bytes, and its processor time. An upstream that fails costs nothing but itself.

plugin {
  help = "The metrics of other exporters.",
  targets = "required",

  settings = {
    keep = { type = "list", default = {}, help = "Names to keep, with * and ?; empty keeps all." },
    drop = { type = "list", default = {}, help = "Names to leave out, with * and ?." },
    labels = { type = "map", help = "Labels to add to every sample." },
    honor_labels = {
      type = "boolean",
      default = false,
      help = "Keep an upstream's label where one is to be added, instead of renaming it exported_NAME.",
    },
    timestamps = {
      type = "string",
      default = "keep",
      choices = { "keep", "drop", "refuse" },
      help = "What to do with samples that have a timestamp.",
    },
    username = { type = "string", default = "", help = "For basic authentication." },
    password = { type = "secret", help = "For basic authentication." },
    bearer_token = { type = "secret", help = "For bearer authentication." },
    ca_file = { type = "string", default = "", help = "Certificates to trust instead of the system's, as PEM." },
    insecure_skip_verify = { type = "boolean", default = false, help = "Accept any certificate." },
    timeout = { type = "duration", help = "How long the upstream may take; without it, as long as the scrape." },
  },

  needs = { files = { "${ca_file}" } },
}

--- The URL of a target, which may be as short as Prometheus's own: host:port.
local function url_of(address)
  local url = address:find("://", 1, true) and address or "http://" .. address
  return url:find("^[%w+]+://[^/?]+$") and url .. "/metrics" or url
end

local function tls_of(settings)
  if settings.ca_file == "" and not settings.insecure_skip_verify then
    return nil
  end
  return {
    ca = settings.ca_file ~= "" and assert(fs.read(settings.ca_file)) or nil,
    insecure_skip_verify = settings.insecure_skip_verify,
  }
end

local function basic_auth_of(settings)
  if settings.username == "" then
    return nil
  end
  return { username = settings.username, password = settings.password }
end

function collect(target)
  local settings = target.settings
  local result, message = exposition.scrape(url_of(target.address), {
    keep = settings.keep,
    drop = settings.drop,
    labels = settings.labels,
    honor_labels = settings.honor_labels,
    timestamps = settings.timestamps,
    basic_auth = basic_auth_of(settings),
    bearer_token = settings.bearer_token,
    tls = tls_of(settings),
    timeout = settings.timeout,
  })
  if not result then
    error(message, 0)
  end
  log.debug("scraped", result)
end
