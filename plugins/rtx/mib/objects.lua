-- The objects of a router: SNMPv2-MIB, IF-MIB (RFC 2863), YAMAHA-RT-HARDWARE and YAMAHA-RT-FIRMWARE.

local HARDWARE = "1.3.6.1.4.1.1182.2.1."
local FIRMWARE = "1.3.6.1.4.1.1182.2.2."
local IF_ENTRY = "1.3.6.1.2.1.2.2.1."
local IFX_ENTRY = "1.3.6.1.2.1.31.1.1.1."
local MULTI_CPU_ENTRY = HARDWARE .. "18.1."

return {
  scalars = {
    description = "1.3.6.1.2.1.1.1.0", -- sysDescr
    system_uptime = "1.3.6.1.2.1.1.3.0", -- sysUpTime
    memory_size = HARDWARE .. "2.0", -- yrhMemorySize, bytes
    memory = HARDWARE .. "4.0", -- yrhMemoryUtil, percent
    cpu_5sec = HARDWARE .. "5.0", -- yrhCpuUtil5sec, percent
    cpu_1min = HARDWARE .. "6.0",
    cpu_5min = HARDWARE .. "7.0",
    temperature = HARDWARE .. "15.0", -- yrhInboxTemperature, Celsius
    revision = FIRMWARE .. "3.0", -- yrfRevision
    uptime = FIRMWARE .. "4.0", -- yrfUpTime, 1/100 s
  },
  -- yrhMultiCpuTable
  cpus = {
    cpu_5sec = MULTI_CPU_ENTRY .. "3",
    cpu_1min = MULTI_CPU_ENTRY .. "4",
    cpu_5min = MULTI_CPU_ENTRY .. "5",
  },
  interfaces = {
    description = IF_ENTRY .. "2",
    speed = IF_ENTRY .. "5", -- bits per second
    status = IF_ENTRY .. "8", -- ifOperStatus
    in_octets = IF_ENTRY .. "10",
    in_unicast = IF_ENTRY .. "11",
    in_other = IF_ENTRY .. "12", -- broadcast and multicast
    out_octets = IF_ENTRY .. "16",
    out_unicast = IF_ENTRY .. "17",
    out_other = IF_ENTRY .. "18",
  },
  -- ifXTable: the same in 64 bits, which not every model has and version 1 cannot carry.
  wide = {
    in_octets = IFX_ENTRY .. "6",
    in_unicast = IFX_ENTRY .. "7",
    in_multicast = IFX_ENTRY .. "8",
    in_broadcast = IFX_ENTRY .. "9",
    out_octets = IFX_ENTRY .. "10",
    out_unicast = IFX_ENTRY .. "11",
    out_multicast = IFX_ENTRY .. "12",
    out_broadcast = IFX_ENTRY .. "13",
  },
}
