-- Names by Prometheus's conventions: base units (ratio, celsius, seconds, bytes), _total at the end of counters.

local PERCENT = 100
local WINDOWS = { { "cpu_5sec", "5s" }, { "cpu_1min", "1m" }, { "cpu_5min", "5m" } }
local FAMILIES = { v4 = "ipv4", v6 = "ipv6" }

local function ratio(percent)
  return percent and percent / PERCENT
end

local function declare_interface()
  local by_interface = { "interface" }
  return {
    out_octets = counter("rtx_interface_transmit_bytes_total", "Bytes sent by the interface.", by_interface),
    in_octets = counter("rtx_interface_receive_bytes_total", "Bytes received by the interface.", by_interface),
    out_packets = counter("rtx_interface_transmit_packets_total", "Packets sent by the interface.", by_interface),
    in_packets = counter("rtx_interface_receive_packets_total", "Packets received by the interface.", by_interface),
    overflow = counter("rtx_interface_receive_overflows_total",
      "Packets lost because the receive buffer was full.", by_interface),
    up = gauge("rtx_interface_up", "Whether the interface is connected.", by_interface),
  }
end

return function(settings)
  local interface = declare_interface()
  local cpu = gauge("rtx_cpu_usage_ratio", "Load of the processor over the window.", { "window" })
  local core = gauge("rtx_cpu_core_usage_ratio", "Load of one of several processors over the window.",
    { "core", "window" })
  local memory = gauge("rtx_memory_usage_ratio", "Memory in use.")
  local memory_size = gauge("rtx_memory_size_bytes", "Memory of the router.")
  local packet_buffer = gauge("rtx_packet_buffer_usage_ratio", "Packet buffers in use.", { "size" })
  local temperature = gauge("rtx_temperature_celsius", "Temperature in the housing.")
  local uptime = gauge("rtx_uptime_seconds", "Time since the router was started.")
  local identity = require "names.identity"(settings)
  local sessions = gauge("rtx_ip_sessions", "Sessions in the table of connections.", { "family" })
  local channels = gauge("rtx_ip_channels", "Channels in the table of connections.", { "family" })
  local scope_size = gauge("rtx_dhcp_scope_addresses", "Addresses in the scope of the DHCP server.", { "scope" })
  local addresses = gauge("rtx_dhcp_addresses", "Addresses of the DHCP server by state.", { "scope", "state" })
  local nat_used = gauge("rtx_nat_ports_used", "Ports in use by the NAT descriptor.", { "descriptor" })
  local nat_limit = gauge("rtx_nat_ports_limit", "Ports that can be in use by the NAT descriptor.", { "descriptor" })

  local names = {}

  function names.environment(values)
    for _, pair in ipairs(WINDOWS) do
      cpu(ratio(values[pair[1]]), pair[2])
      for _, loads in ipairs(values.cpus or {}) do
        core(ratio(loads[pair[1]]), loads.index, pair[2])
      end
    end
    memory(ratio(values.memory))
    memory_size(values.memory_size)
    for _, size in ipairs { "small", "middle", "large", "huge" } do
      packet_buffer(ratio(values.packet_buffer[size]), size)
    end
    temperature(values.temperature)
    uptime(values.uptime)
    identity(values)
  end

  function names.interface(kind, number, values)
    for name, handle in pairs(interface) do
      handle(values[name], kind .. number)
    end
  end

  function names.connections(protocol, values)
    sessions(values.sessions, FAMILIES[protocol])
    channels(values.channels, FAMILIES[protocol])
  end

  function names.dhcp(scopes)
    for _, scope in ipairs(scopes) do
      scope_size(scope.all, scope.number)
      for _, state in ipairs { "excluded", "assigned", "available" } do
        addresses(scope[state], scope.number, state)
      end
    end
  end

  function names.nat(descriptor, used, limit)
    nat_used(used, descriptor)
    nat_limit(limit, descriptor)
  end

  return names
end
