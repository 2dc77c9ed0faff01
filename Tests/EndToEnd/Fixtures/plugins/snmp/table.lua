-- A table joined from two, and a few scalars.
plugin { help = "Interfaces of an agent.", targets = "required", settings = snmp.settings, needs = { ports = { 161 } } }

local octets = counter("interface_receive_bytes_total", "Bytes received.", { "index", "name", "mac" })
local uptime = gauge("agent_uptime_seconds", "Time since the agent was started.")
local missing = gauge("agent_missing", "Whether an object that no agent has is missing.")

function collect(target)
  local values = assert(snmp.get(target, { uptime = "1.3.6.1.2.1.1.3.0", other = "1.3.6.1.4.1.1182.9.9.9.0" }))
  uptime(values.uptime / 100)
  missing(values.other == nil)
  local rows, order = assert(snmp.table(target, {
    descr = "1.3.6.1.2.1.2.2.1.2", mac = "1.3.6.1.2.1.2.2.1.6", octets = "1.3.6.1.2.1.31.1.1.1.6",
    narrow = "1.3.6.1.2.1.2.2.1.10",
  }))
  for _, index in ipairs(order) do
    local row = rows[index]
    octets(row.octets or row.narrow, index, snmp.text(row.descr), snmp.mac(row.mac) or "")
  end
end
