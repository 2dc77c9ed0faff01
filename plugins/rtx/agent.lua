-- A router by SNMP. Between runs `state` keeps what is needed to carry 32-bit counters on, and which objects the
-- router does not have, so that they are not asked for in every run.

local counters = require "mib.counters"
local interface = require "mib.interface"
local objects = require "mib.objects"

-- Seconds after which a router that is no longer visited is forgotten, and missing objects are asked for again.
local FORGET_AFTER = 3600

--- By router: seen, asked (time of the last search for missing objects), missing (whether, by name), clock (of
--- `counters.uptime`), interfaces (counters by description), warned.
local agents = state.agents or {}
state.agents = agents

local function agent_of(target, now)
  local key = (target.name or "") .. "\0" .. target.address
  local agent = agents[key]
  if not agent then
    for other, old in pairs(agents) do
      if now - old.seen > FORGET_AFTER then
        agents[other] = nil
      end
    end
    agent = { clock = {}, interfaces = {} }
    agents[key] = agent
  end
  if not agent.asked or now - agent.asked > FORGET_AFTER then
    agent.asked, agent.missing = now, {}
  end
  agent.elapsed = agent.seen and now - agent.seen
  agent.seen = now
  return agent
end

--- The address of the agent: that of the settings, or the target's. Where the console is asked, too, the port that the
--- target names is the console's, and the agent's is 161.
local function address_of(target, is_alone)
  local own = target.settings.snmp_address
  if own ~= "" then
    return own
  elseif is_alone then
    return target.address
  end
  local address = target.address
  local host = address:match("^%[(.*)%]") or (address:find(":.*:") and address) or address:match("^[^:]*")
  return host:find(":", 1, true) and ("[%s]:161"):format(host) or host .. ":161"
end

local function number(value)
  return type(value) == "number" and value or nil
end

local function checked(value, message)
  if not value then
    error(message, 0)
  end
  return value
end

--- Gets the scalars that the router may have. Raises when there is no answer.
local function get_scalars(address, agent, options)
  local names = {}
  for name, object in pairs(objects.scalars) do
    if not agent.missing[name] then
      names[name] = object
    end
  end
  local values = checked(snmp.get(address, names, options))
  for name in pairs(names) do
    agent.missing[name] = values[name] == nil or nil
  end
  return values
end

--- A table that the router may not have: its rows and the order of their indexes, or none. Raises when there is no
--- answer.
local function get_table(address, agent, options, name)
  if agent.missing[name] then
    return {}, {}
  end
  local rows, order = snmp.table(address, objects[name], options)
  checked(rows, order)
  agent.missing[name] = #order == 0 or nil
  return rows, order
end

--- The loads of each of several processors, with its index.
local function get_cpus(address, agent, options)
  local rows, order = get_table(address, agent, options, "cpus")
  local cpus = {}
  for place, index in ipairs(order) do
    cpus[place] = { index = index }
    for name, value in pairs(rows[index]) do
      cpus[place][name] = number(value)
    end
  end
  return cpus
end

local function words(value)
  return type(value) == "string" and snmp.text(value) or ""
end

--- Model and firmware, from texts such as `Yamaha Corporation RTX1210 Rev.14.01.40`.
local function read_identity(values, found)
  local description, revision = words(found.description), words(found.revision)
  values.model = description:match("(%S+)%s+Rev%.") or revision:match("(%S+)%s+Rev%.")
  values.firmware = revision:match("Rev%.(%S+)") or description:match("Rev%.(%S+)")
end

local function read_environment(found, agent, now)
  local values = { packet_buffer = {} }
  for _, name in ipairs { "cpu_5sec", "cpu_1min", "cpu_5min", "memory", "memory_size", "temperature" } do
    values[name] = number(found[name])
  end
  read_identity(values, found)
  local ticks = number(found.uptime) or number(found.system_uptime)
  if ticks then
    local is_restart
    values.uptime, is_restart = counters.uptime(agent.clock, ticks, now)
    if is_restart then
      -- Its counters began anew, and it may have another firmware.
      agent.interfaces, agent.missing = {}, {}
    end
  end
  if not (values.cpu_5sec or values.memory or found.uptime) then
    error("neither processor, memory nor uptime of a Yamaha router in the agent's answer", 0)
  end
  return values
end

--- Says once what a router with 32-bit counters loses when it is visited too seldom.
local function warn_of_loss(agent, target, description, speed)
  if agent.warned or not agent.elapsed or not counters.may_be_lost(agent.elapsed, speed) then
    return
  end
  agent.warned = true
  log.warn("32-bit counters may wrap more than once between two runs", {
    target = target.address, interface = description, seconds = math.floor(agent.elapsed),
  })
end

local function read_interfaces(rows, order, wide, agent, target)
  local found, known = {}, {}
  for _, index in ipairs(order) do
    local row = rows[index]
    local description = words(row.description)
    local kind, place = interface.name(description)
    local name = kind and kind .. place
    -- Two spellings of one name would be the same samples twice.
    if name and not known[name] then
      known[name] = true
      agent.interfaces[description] = agent.interfaces[description] or {}
      found[#found + 1] = {
        kind = kind, number = place,
        values = interface.values(row, wide[index], agent.interfaces[description]),
      }
      if not (wide[index] and wide[index].in_octets) then
        warn_of_loss(agent, target, description, number(row.speed) or 0)
      end
    end
  end
  return found
end

--- What the router says of itself by SNMP: the values of `show environment` with memory_size (bytes) and cpus (a list
--- of loads, each with its index), and a list of its interfaces: kind, number, values. Raises when there is no answer.
--- `is_alone` says that nothing but the agent is asked.
return function(target, is_alone)
  local now = time.monotonic()
  local agent, address, options = agent_of(target, now), address_of(target, is_alone), target.settings.snmp
  local environment = read_environment(get_scalars(address, agent, options), agent, now)
  environment.cpus = get_cpus(address, agent, options)
  local rows, order = snmp.table(address, objects.interfaces, options)
  checked(rows, order)
  local wide = options.version == "1" and {} or get_table(address, agent, options, "wide")
  return environment, read_interfaces(rows, order, wide, agent, target)
end
