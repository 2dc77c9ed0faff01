-- Models, flags and bugs of CPUs, from /proc/cpuinfo. Part of the collector cpu, off by default.

local parse = require "parse"

local model_info = gauge("node_cpu_info", "CPU information from /proc/cpuinfo.",
  { "package", "core", "cpu", "vendor", "family", "model", "model_name", "microcode", "stepping", "cachesize" })
local flag_info = gauge("node_cpu_flag_info",
  "The `flags` field of CPU information from /proc/cpuinfo taken from the first core.", { "flag" })
local bug_info = gauge("node_cpu_bug_info",
  "The `bugs` field of CPU information from /proc/cpuinfo taken from the first core.", { "bug" })

-- The kernel's keys, which differ by architecture, and what they are called here.
local KEYS = {
  ["vendor_id"] = "vendor", ["vendor"] = "vendor",
  ["cpu"] = "vendor", -- POWER
  ["cpu family"] = "family", ["model"] = "model", ["stepping"] = "stepping", ["microcode"] = "microcode",
  ["model name"] = "model_name",
  ["isa"] = "model_name", ["hart"] = "core", -- RISC-V
  ["cpu model"] = "model_name", -- MIPS
  ["cache size"] = "cachesize", ["physical id"] = "package", ["core id"] = "core",
  ["flags"] = "flags", ["Features"] = "flags", ["bugs"] = "bugs",
}
-- Keys that come before the first processor and hold for all of them.
local COMMON = { ["Processor"] = "model_name", ["system type"] = "vendor" }

--- The processors in the file's order, each a table by the names above with `cpu`, its number.
local function read(content)
  local processors, common = {}, {}
  local current
  for line in content:gmatch("[^\n]*") do
    local key, value = line:match("^([^:]-)%s*:%s?(.*)$")
    if not key then
      current = nil -- a blank line ends a processor; what follows the last one is about the machine
    elseif key == "processor" and value:find("^%d+$") then
      current = setmetatable({ cpu = value }, { __index = common })
      processors[#processors + 1] = current
    elseif COMMON[key] then
      common[COMMON[key]] = value
    elseif current and KEYS[key] then
      current[KEYS[key]] = value
    end
  end
  return processors
end

--- Emits the words of a field that match one of the patterns, which need not match the whole word.
local function emit_words(handle, words, patterns)
  for word in (words or ""):gmatch("%S+") do
    for _, pattern in ipairs(patterns) do
      if word:find(pattern) then
        handle(1, word)
        break
      end
    end
  end
end

return function(settings)
  local path = settings.procfs .. "/cpuinfo"
  local processors = read(parse.read(path))
  if #processors == 0 then
    parse.fail(path, "no processor")
  end
  for _, cpu in ipairs(processors) do
    model_info(1, cpu.package or "", cpu.core or "", cpu.cpu, cpu.vendor or "", cpu.family or "", cpu.model or "",
      cpu.model_name or "", cpu.microcode or "", cpu.stepping or "", cpu.cachesize or "")
  end
  emit_words(flag_info, processors[1].flags, settings.cpu.flags_include)
  emit_words(bug_info, processors[1].bugs, settings.cpu.bugs_include)
end
