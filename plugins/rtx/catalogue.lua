-- The commands that a router may have besides `show environment`, and what becomes of their answers.

local numbers = require "numbers"
local parse_connections = require "parse.connections"
local parse_dhcp = require "parse.dhcp"
local parse_interface = require "parse.interface"
local nat = require "parse.nat"

local INTERFACES = {
  { setting = "lans", name = "lan", command = "show status lan%d" },
  -- There may be many of these to look for.
  { setting = "pps", name = "pp", command = "show status pp %d", can_wait = true },
  { setting = "tunnels", name = "tunnel", command = "show status tunnel %d", can_wait = true },
}

local function add_interfaces(entries, settings, names)
  for _, kind in ipairs(INTERFACES) do
    for _, number in ipairs(numbers(settings[kind.setting], kind.setting)) do
      entries[#entries + 1] = {
        command = kind.command:format(number),
        can_wait = kind.can_wait,
        use = function(answer)
          names.interface(kind.name, number, parse_interface(answer))
        end,
      }
    end
  end
end

local function add_connections(entries, names, protocol, command)
  entries[#entries + 1] = {
    command = command,
    use = function(answer)
      names.connections(protocol, parse_connections(answer))
    end,
  }
end

--- The summary knows the limit as well, but not every firmware knows the summary.
local function use_nat(names, answer, visit)
  for _, descriptor in ipairs(nat.descriptors(answer)) do
    local summary = visit:ask_optional(("show nat descriptor masquerade port %d summary"):format(descriptor.number))
    local used, limit
    if summary then
      used, limit = nat.ports(summary)
    end
    names.nat(descriptor.number, used or descriptor.used, limit)
  end
end

local function build(settings, names)
  local entries = {}
  add_interfaces(entries, settings, names)
  if settings.connections then
    add_connections(entries, names, "v4", "show ip connection summary")
    add_connections(entries, names, "v6", "show ipv6 connection summary")
  end
  if settings.dhcp then
    entries[#entries + 1] = {
      command = "show status dhcp",
      use = function(answer)
        names.dhcp(parse_dhcp(answer))
      end,
    }
  end
  if settings.nat then
    entries[#entries + 1] = {
      command = "show nat descriptor address",
      use = function(answer, visit)
        use_nat(names, answer, visit)
      end,
    }
  end
  return entries
end

local built = {} -- by the settings that matter, since most targets share them

--- The commands for a target with these settings. Raises when a list of numbers is wrong.
return function(settings, names)
  local lists = {}
  for _, kind in ipairs(INTERFACES) do
    lists[#lists + 1] = table.concat(settings[kind.setting], ",")
  end
  local key = table.concat(lists, ";") .. (settings.connections and "c" or "") .. (settings.dhcp and "d" or "")
    .. (settings.nat and "n" or "")
  built[key] = built[key] or build(settings, names)
  return built[key]
end
