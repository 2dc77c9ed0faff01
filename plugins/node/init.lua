-- Statistics of a Linux host with the names, types, labels and meanings of node_exporter, so that its dashboards
-- and alerts work. A file per collector, with node_exporter's name of it.

local function on(help)
  return { type = "boolean", default = true, help = help }
end

local function off(help)
  return { type = "boolean", default = false, help = help }
end

local function list(default, help)
  return { type = "list", default = default, help = help }
end

local function map(fields)
  return { type = "map", fields = fields }
end

local function path(default, help)
  return { type = "string", default = default, help = help }
end

local DEVICE_INCLUDE = "Lua patterns of whole device names to report; empty reports all that are not excluded."
local DEVICE_EXCLUDE = "Lua patterns of whole device names not to report."

local settings = plugin {
  help = "Statistics of a Linux host with node_exporter's metrics.",
  naming = "legacy",

  settings = {
    procfs = path("/proc", "Where the proc file system is mounted."),
    sysfs = path("/sys", "Where the sysfs file system is mounted."),
    rootfs = path("/", "Where the host's root is mounted; left out of the mount points reported."),
    udev_data = path("/run/udev/data", "Where udev keeps what it knows about devices."),

    collectors = map {
      arp = on "ARP entries by device.",
      conntrack = on "Connection tracking.",
      cpu = on "CPU time by mode, throttling.",
      diskstats = on "Disk I/O.",
      entropy = on "The kernel's entropy pool.",
      filefd = on "Open file descriptors.",
      filesystem = on "Space on mounted file systems.",
      loadavg = on "Load averages.",
      meminfo = on "Memory.",
      netdev = on "Network devices.",
      netstat = on "Protocol counters.",
      os = on "Name and version of the distribution.",
      pressure = on "Pressure stall information.",
      schedstat = on "Scheduler statistics by CPU.",
      sockstat = on "Sockets by protocol and state.",
      softnet = on "Packets processed in software interrupts.",
      stat = on "Interrupts, context switches, processes, boot time.",
      thermal_zone = on "Temperatures and cooling devices.",
      time = on "Time, time zone and clock sources.",
      uname = on "Names and version of the kernel.",
      vmstat = on "Virtual memory counters.",
    },

    arp = map {
      device_exclude = list({}, DEVICE_EXCLUDE),
      device_include = list({}, DEVICE_INCLUDE),
    },
    cpu = map {
      guest = on "Report node_cpu_guest_seconds_total.",
      info = off "Report node_cpu_info.",
      flags_include = list({}, "Lua patterns of CPU flags for node_cpu_flag_info; switches on info, too."),
      bugs_include = list({}, "Lua patterns of CPU bugs for node_cpu_bug_info; switches on info, too."),
    },
    diskstats = map {
      device_exclude = list({ "ram%d+", "loop%d+", "fd%d+", "[hsv]d[a-z]%d+", "xvd[a-z]%d+", "nvme%d+n%d+p%d+" },
        DEVICE_EXCLUDE),
      device_include = list({}, DEVICE_INCLUDE),
    },
    filesystem = map {
      mount_points_exclude = list({ "/dev", "/proc", "/run", "/sys", "/mnt", "/media", "/var/lib/docker/*",
        "/var/lib/containers/storage/*" },
        "Mount points not to report, with all below them; one that ends in /* means only what is below."),
      fs_types_exclude = list({ "autofs", "binfmt_misc", "bpf", "cgroup", "cgroup2", "configfs", "debugfs", "devpts",
        "devtmpfs", "fusectl", "hugetlbfs", "iso9660", "mqueue", "nsfs", "overlay", "proc", "procfs", "pstore",
        "rpc_pipefs", "securityfs", "selinuxfs", "squashfs", "sysfs", "tracefs" },
        "Types of file systems not to report."),
      mount_timeout = { type = "duration", default = 5, help = "How long a mount may take to answer." },
    },
    netdev = map {
      device_exclude = list({ "lo" }, DEVICE_EXCLUDE),
      device_include = list({}, DEVICE_INCLUDE),
    },
    netstat = map {
      fields = list({ ".*_InErrors", ".*_InErrs", "Ip_Forwarding", "Ip6_InOctets", "Ip6_OutOctets", "IpExt_InOctets",
        "IpExt_OutOctets", "Icmp6?_InMsgs", "Icmp6?_OutMsgs", "TcpExt_Listen.*", "TcpExt_Syncookies.*",
        "TcpExt_TCPSynRetrans", "TcpExt_TCPTimeouts", "Tcp_ActiveOpens", "Tcp_InSegs", "Tcp_OutSegs", "Tcp_OutRsts",
        "Tcp_PassiveOpens", "Tcp_RetransSegs", "Tcp_CurrEstab", "Udp6?_InDatagrams", "Udp6?_OutDatagrams",
        "Udp6?_NoPorts", "Udp6?_RcvbufErrors", "Udp6?_SndbufErrors" },
        "Lua patterns of whole names of fields to report, such as TcpExt_ListenDrops."),
    },
    stat = map {
      softirq = off "Report node_softirqs_total.",
    },
    vmstat = map {
      fields = list({ "oom_kill.*", "pgpg.*", "pswp.*", "pg.*fault.*" },
        "Lua patterns of whole names of fields to report."),
    },
  },

  needs = {
    mounts = true, -- statfs on every mount point
    files = {
      "${procfs}/cpuinfo", "${procfs}/diskstats", "${procfs}/loadavg", "${procfs}/meminfo", "${procfs}/schedstat",
      "${procfs}/stat", "${procfs}/vmstat", "${procfs}/pressure/*",
      "${procfs}/1/mounts", "${procfs}/mounts", "${procfs}/self/mounts",
      "${procfs}/self/statm", "${procfs}/self/status",
      "${procfs}/sys/fs/file-nr",
      "${procfs}/sys/kernel/random/entropy_avail", "${procfs}/sys/kernel/random/poolsize",
      "${procfs}/sys/net/netfilter/nf_conntrack_count", "${procfs}/sys/net/netfilter/nf_conntrack_max",
      -- net is a symbolic link to self/net
      "${procfs}/net/*", "${procfs}/net/stat/nf_conntrack",
      "${procfs}/self/net/*", "${procfs}/self/net/stat/nf_conntrack",
      -- class is a directory of symbolic links into devices
      "${sysfs}/class/net/*/statistics/rx_nohandler", "${sysfs}/devices/**/net/*/statistics/rx_nohandler",
      "${sysfs}/class/thermal", "${sysfs}/class/thermal/*/*", "${sysfs}/devices/**/thermal/*/*",
      "${sysfs}/devices/system/clocksource", "${sysfs}/devices/system/clocksource/*/*",
      "${sysfs}/devices/system/cpu", "${sysfs}/devices/system/cpu/isolated",
      "${sysfs}/devices/system/cpu/*/topology/*", "${sysfs}/devices/system/cpu/*/thermal_throttle/*",
      "${udev_data}/*",
      "${rootfs}/etc/os-release", "${rootfs}/usr/lib/os-release",
    },
  },
}

local success = gauge("node_scrape_collector_success", "node_exporter: Whether a collector succeeded.", { "collector" })
local duration = gauge("node_scrape_collector_duration_seconds", "node_exporter: Duration of a collector scrape.",
  { "collector" })

--- A directory to put in front of "/name": without a slash at its end, so the root is "".
local function directory(setting)
  return (setting:gsub("/+$", ""))
end

local paths = {
  procfs = directory(settings.procfs),
  sysfs = directory(settings.sysfs),
  rootfs = directory(settings.rootfs),
  udev_data = directory(settings.udev_data),
}
local options = setmetatable(paths, { __index = settings })

--- The collectors that are switched on. A collector's file returns a function that takes the settings and returns
--- the one that collects. That one takes a table that lasts for one run, raises if it fails, and returns a reason
--- if this system has nothing to collect.
local collectors = {}
for name, enabled in pairs(settings.collectors) do
  if enabled then
    collectors[#collectors + 1] = { name = name, update = require(name)(options) }
  end
end
table.sort(collectors, function(left, right)
  return left.name < right.name
end)

--- Logs why a collector has nothing, once until the reason changes.
local function explain(collector, ok, reason)
  if reason ~= nil and reason ~= collector.reason then
    local write = ok and log.debug or log.warn
    local message = ok and "collector has no data" or "collector failed"
    write(message, { collector = collector.name, error = tostring(reason) })
  end
  collector.reason = reason
end

function collect()
  local run = {}
  for _, collector in ipairs(collectors) do
    local started = time.monotonic()
    local ok, reason = pcall(collector.update, run)
    duration(time.monotonic() - started, collector.name)
    success(ok and reason == nil, collector.name)
    explain(collector, ok, reason)
  end
end
