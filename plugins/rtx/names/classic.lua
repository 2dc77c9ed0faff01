-- The names of rtx1200_exporter, which are those of the MIBs, and of its forks. A number alone is a LAN, as the
-- script had it; PPs and tunnels are pp1, tunnel1.

local SECONDS_PER_DAY = 86400
local UP, DOWN = 1, 2 -- ifOperStatus of IF-MIB (RFC 2863)

local function declare_interface()
  local by_interface = { "if" }
  return {
    out_octets = counter("ifOutOctets", "Octets sent by the interface.", by_interface),
    in_octets = counter("ifInOctets", "Octets received by the interface.", by_interface),
    out_packets = untyped("ifOutPkts", "Packets sent by the interface.", by_interface),
    in_packets = untyped("ifInPkts", "Packets received by the interface.", by_interface),
    overflow = counter("ifInOverflow", "Packets lost because the receive buffer was full.", by_interface),
    status = gauge("ifOperStatus", "State of the interface: 1 is up, 2 is down.", by_interface),
  }
end

local function declare_environment()
  return {
    cpu_5sec = gauge("yrhCpuUtil5sec", "Load of the processor over 5 seconds in percent."),
    cpu_1min = gauge("yrhCpuUtil1min", "Load of the processor over 1 minute in percent."),
    cpu_5min = gauge("yrhCpuUtil5min", "Load of the processor over 5 minutes in percent."),
    memory = gauge("yrhMemoryUtil", "Memory in use in percent."),
    memory_size = gauge("yrhMemorySize", "Memory in bytes."),
    temperature = gauge("yrhInboxTemperature", "Temperature in the housing in degrees Celsius."),
  }
end

local function declare_cpus()
  local by_cpu = { "yrhMultiCpuIndex" }
  return {
    cpu_5sec = gauge("yrhMultiCpuUtil5sec", "Load of one of several processors over 5 seconds in percent.", by_cpu),
    cpu_1min = gauge("yrhMultiCpuUtil1min", "Load of one of several processors over 1 minute in percent.", by_cpu),
    cpu_5min = gauge("yrhMultiCpuUtil5min", "Load of one of several processors over 5 minutes in percent.", by_cpu),
  }
end

local function sum(scopes, name)
  local total
  for _, scope in ipairs(scopes) do
    if scope[name] then
      total = (total or 0) + scope[name]
    end
  end
  return total
end

return function(settings)
  local plain, cpus, interface = declare_environment(), declare_cpus(), declare_interface()
  local packet_buffer = gauge("yrhPktBuf", "Packet buffers in use in percent.", { "size" })
  local uptime = gauge("yrhUptime", "Time since the router was started in days.")
  local identity = require "names.identity"(settings)
  local sessions = gauge("ipSession", "Sessions in the table of connections.", { "proto" })
  local channels = gauge("ipChannel", "Channels in the table of connections.", { "proto" })
  local addresses = gauge("ipDhcp", "Addresses of the DHCP server: all without a type.", { "type" })
  local nat_used = gauge("natDescriptorCurrent", "Ports in use; the label port is the NAT descriptor.", { "port" })
  local nat_limit = gauge("natDescriptorMax", "Ports that can be in use by the NAT descriptor.", { "port" })

  local names = {}

  function names.environment(values)
    for name, handle in pairs(plain) do
      handle(values[name])
    end
    for _, loads in ipairs(values.cpus or {}) do
      for name, handle in pairs(cpus) do
        handle(loads[name], loads.index)
      end
    end
    for _, size in ipairs { "small", "middle", "large", "huge" } do
      packet_buffer(values.packet_buffer[size], size)
    end
    uptime(values.uptime and values.uptime / SECONDS_PER_DAY)
    identity(values)
  end

  function names.interface(kind, number, values)
    local label = kind == "lan" and tostring(number) or kind .. number
    interface.out_octets(values.out_octets, label)
    interface.in_octets(values.in_octets, label)
    interface.out_packets(values.out_packets, label)
    interface.in_packets(values.in_packets, label)
    interface.overflow(values.overflow, label)
    if values.up ~= nil then
      interface.status(values.up and UP or DOWN, label)
    end
  end

  function names.connections(protocol, values)
    sessions(values.sessions, protocol)
    channels(values.channels, protocol)
  end

  function names.dhcp(scopes)
    addresses(sum(scopes, "all"), "")
    for _, name in ipairs { "excluded", "assigned", "available" } do
      addresses(sum(scopes, name), name)
    end
  end

  function names.nat(descriptor, used, limit)
    nat_used(used, descriptor)
    nat_limit(limit, descriptor)
  end

  return names
end
