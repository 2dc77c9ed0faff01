-- Yamaha RTX routers by telnet, SNMP or both: RTX810, 830, 1200, 1210, 1220, 1300, in Japanese and English.
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
  help = "Yamaha RTX routers by telnet and SNMP.",
  naming = "legacy",
  targets = "required",

  settings = {
    via = {
      type = "list",
      default = { "telnet" },
      help = "How the router is asked: telnet, snmp or both, the preferred one first.",
    },
    snmp = { type = "map", fields = snmp.settings, help = "How the router's agent is asked by SNMP." },
    snmp_address = { type = "string", default = "", help = "host:port of the agent; without it the target's host." },
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

  needs = { ports = { 23, 161 }, network = { "targets", "${snmp_address}" } },
}

local ask_agent = require "agent"
local catalogue = require "catalogue"
local numbers = require "numbers"
local visits = require "visit"
local parse_environment = require "parse.environment"
local refusal = require "parse.refusal"
local via = require "via"

local names = require("names." .. settings.names)(settings)
local source_up = gauge("rtx_source_up", "Whether the router answered by this protocol, of several.", { "source" })

local LOST_CHARACTER = "\u{FFFD}" -- what is decoded from bytes that are none of the character set

-- What the console counts in 64 bits.
local BY_CONSOLE = { lan = "lans", pp = "pps", tunnel = "tunnels" }

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
local function console_environment(visit)
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
  return values
end

--- Reports what the console has, and answers the values of `show environment`.
local function collect_by_telnet(target, entries)
  local visit <close> = visits.start(target, entries)
  local environment = console_environment(visit)
  for _, entry in ipairs(entries) do
    local answer = visit:ask_optional(entry.command, entry.can_wait)
    if answer then
      entry.use(answer, visit)
    end
  end
  return environment
end

--- Whether a number is in the setting's list.
local function is_wanted(list, setting, number)
  for _, wanted in ipairs(numbers(list, setting)) do
    if wanted == number then
      return true
    end
  end
  return false
end

--- Reports the interfaces that the agent has. With the console in use, which has the better counters, only what it does
--- not say: the state of LANs, and other interfaces.
local function report_interfaces(interfaces, target, sources)
  for _, interface in ipairs(interfaces) do
    local setting, values = BY_CONSOLE[interface.kind], interface.values
    if sources.telnet and setting then
      values = interface.kind == "lan" and { up = values.up } or {}
    end
    if not setting or is_wanted(target.settings[setting], setting, interface.number) then
      names.interface(interface.kind, interface.number, values)
    end
  end
end

local function collect_by_snmp(target, sources)
  local environment, interfaces = ask_agent(target, not sources.telnet)
  report_interfaces(interfaces, target, sources)
  return environment
end

--- The values of both, those of `first` where they differ; but the console's time since the start never wraps.
local function merged(first, second, console)
  local values = {}
  for _, found in ipairs { second, first } do
    for name, value in pairs(found) do
      values[name] = value
    end
  end
  values.packet_buffer = console and console.packet_buffer or {}
  values.uptime = console and console.uptime or values.uptime
  return values
end

local failures = state.failures or {} -- by target and source, what was last said
state.failures = failures

--- Says in the log why a source failed, once until it has another reason.
local function note_failure(target, source, message)
  local key = target.address .. "\0" .. source
  if message and failures[key] ~= message then
    log.warn(("no answer by %s, what it alone has is missing: %s"):format(source, message), { target = target.address })
  end
  failures[key] = message
  source_up(message == nil, source)
end

--- Asks both at once. One that fails costs only what it alone has.
local function collect_by_both(target, sources, entries)
  local found, errors = parallel {
    function() return collect_by_telnet(target, entries) end,
    function() return collect_by_snmp(target, sources) end,
  }
  local console, agent = found[1], found[2]
  if not (console or agent) then
    error(("%s; %s"):format(errors[1], errors[2]), 0)
  end
  note_failure(target, "telnet", errors[1])
  note_failure(target, "snmp", errors[2])
  local is_console_first = sources.preferred == "telnet"
  local first, second = is_console_first and console or agent, is_console_first and agent or console
  return merged(first or second, second or first, console)
end

function collect(target)
  check(target.settings)
  local sources = via(target.settings.via)
  local entries = catalogue(target.settings, names)
  local environment
  if sources.telnet and sources.snmp then
    environment = collect_by_both(target, sources, entries)
  elseif sources.snmp then
    environment = collect_by_snmp(target, sources)
  else
    environment = collect_by_telnet(target, entries)
  end
  names.environment(environment)
end
