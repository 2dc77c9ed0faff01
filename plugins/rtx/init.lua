-- Yamaha RTX routers by telnet: RTX810, 830, 1200, 1210, 1220, 1300, in Japanese and English.
--
-- With `names: classic` the names, labels and values are those of rtx1200_exporter, the script that runs inside the
-- router, and of its forks; `names: prometheus` has the same values by Prometheus's conventions. Both are listed in
-- docs/plugins/rtx.md. What is not as the script had it, because Prometheus's rules demand it:
--   * ipSession and ipChannel were typed counter but are numbers of the moment, which fall: gauges.
--     natDescriptorCurrent and natDescriptorMax of a fork likewise.
--   * A value that the router does not print is no sample; the script printed nil, which fails the whole scrape, and
--     its forks 0, which looks like a counter that was reset.
--   * ipDhcp is the sum of all scopes; the script read the first one only. A sample cannot be there twice.
--   * yrhUptime counts days as in the fork that has it, with their fraction, so that hours are not lost.
-- Left as it was: counters without _total (the text format 0.0.4 allows it), packet counters without a type.
--
-- The router's configuration is not touched: both languages are read, pages are turned and wrapped lines joined
-- instead of sending `console ...`, unless `configure_console` asks for that.

local settings = plugin {
  help = "Yamaha RTX routers by telnet.",
  naming = "legacy",
  targets = "required",

  settings = {
    password = { type = "secret", help = "Login password; without one, an empty line is sent." },
    username = { type = "string", help = "Name of a user made by `login user`; without one, the login has no name." },
    admin_password = { type = "secret", help = "Goes to the administrator's level, which no command here needs." },
    charset = {
      type = "string",
      default = "auto",
      choices = { "auto", "ascii", "shift_jis", "euc-jp", "utf-8" },
      help = "Character set of the router's console.",
    },
    timeout = { type = "duration", default = 5, help = "How long the router may take for the login or one command." },
    names = {
      type = "string",
      default = "classic",
      choices = { "classic", "prometheus" },
      help = "Names of the metrics: those of rtx1200_exporter, or by Prometheus's conventions.",
    },
    lans = { type = "list", default = { "1-4" }, help = "Numbers of the LANs to look for, such as 1-4 or 2." },
    pps = { type = "list", default = { "1-10" }, help = "Numbers of the PPs to look for." },
    tunnels = { type = "list", default = { "1-10" }, help = "Numbers of the tunnels to look for." },
    connections = { type = "boolean", default = true, help = "Report sessions and channels of the firewall." },
    dhcp = { type = "boolean", default = true, help = "Report the addresses of the DHCP server." },
    nat = { type = "boolean", default = true, help = "Report the ports in use by NAT descriptor." },
    serial = { type = "boolean", default = false, help = "Give rtx_info the label serial." },
    configure_console = {
      type = "boolean",
      default = false,
      help = "Change the router's configuration: `console columns 200` and `console lines infinity`.",
    },
  },

  needs = { ports = { 23 } },
}

local catalogue = require "catalogue"
local visits = require "visit"
local parse_environment = require "parse.environment"
local refusal = require "parse.refusal"

local names = require("names." .. settings.names)(settings)

local LOST_CHARACTER = "\u{FFFD}" -- what is decoded from bytes that are none of the character set

-- Families are declared once for all targets, so these settings cannot differ between them.
local FIXED = { "names", "serial" }

local function check(options)
  for _, name in ipairs(FIXED) do
    if options[name] ~= settings[name] then
      error(name .. " cannot be set for a single target", 0)
    end
  end
end

--- Reads the one answer that every router has. Raises when it is refused, cannot be read or says nothing.
local function collect_environment(visit)
  local answer = visit:ask("show environment")
  local reason = refusal(answer)
  if reason then
    error("show environment: " .. reason, 0)
  end
  local charset = visit.target.settings.charset
  -- Where characters are lost the labels are not found, and most samples would be missing without a word.
  if charset ~= "auto" and answer:find(LOST_CHARACTER, 1, true) then
    error(("show environment: the answer is not %s (is charset right?)"):format(charset), 0)
  end
  local values = parse_environment(answer)
  if not (values.cpu_5sec or values.memory or values.uptime) then
    error("show environment: neither processor, memory nor uptime in the answer (is charset right?)", 0)
  end
  visit:note_uptime(values.uptime)
  names.environment(values)
end

function collect(target)
  check(target.settings)
  local entries = catalogue(target.settings, names)
  local visit <close> = visits.start(target, entries)
  collect_environment(visit)
  for _, entry in ipairs(entries) do
    local answer = visit:ask_optional(entry.command, entry.can_wait)
    if answer then
      entry.use(answer, visit)
    end
  end
end
