-- Agents by SNMP, with snmp_exporter's module files as they are: /snmp answers as snmp_exporter does, and targets of
-- hub.yml are collected with everything else. A module that fails costs only itself.

local settings = plugin {
  help = "Agents by SNMP, with the modules of snmp_exporter.",
  naming = "legacy",
  targets = "required",

  settings = {
    config_file = { type = "list", default = {}, help = "Module files of snmp_exporter, of any version." },
    modules = { type = "list", default = { "if_mib" }, help = "Modules to collect." },
    auth = { type = "string", default = "public_v2", help = "One of the module files' auths." },
    context = { type = "string", default = "", help = "SNMPv3 context, instead of the auth's." },
    engine_id = { type = "string", default = "", help = "SNMPv3 context engine id, in hexadecimal." },
    timeout = { type = "duration", help = "For all modules of a target; without it, as long as the scrape." },
    strict = { type = "boolean", default = false, help = "Serve nothing of a target when one of its modules fails." },
    wrap_large_counters = {
      type = "boolean",
      default = true,
      help = "Start 64-bit counters anew at 2^53, from where on samples would skip whole numbers.",
    },
    expand_environment_variables = {
      type = "boolean",
      default = false,
      help = "Replace $NAME and ${NAME} in the auths' user names and passwords.",
    },
  },

  needs = { files = { "${config_file}" }, ports = { 161 } },
}

local function files_of(config)
  return {
    config_file = config.config_file,
    expand_environment_variables = config.expand_environment_variables,
  }
end

-- What is wrong with the files is said when the plugin is loaded, by `exporter-hub check`, too.
if #settings.config_file > 0 then
  snmp.modules(files_of(settings))
end

--- Asks for one module, which may take what is left of the target's time.
local function scrape(target, module, deadline)
  local config = target.settings
  local options = files_of(config)
  options.auth = config.auth
  options.context = config.context
  options.engine_id = config.engine_id
  options.wrap_large_counters = config.wrap_large_counters
  if #config.modules > 1 then
    options.module_label = true
  end
  if deadline then
    options.timeout = math.max(deadline - time.monotonic(), 0.01)
  end
  return snmp.scrape(target.address, module, options)
end

function collect(target)
  local config = target.settings
  if #config.config_file == 0 then
    error("config_file is not set in plugins.snmp.settings of hub.yml", 0)
  end
  local deadline = config.timeout and time.monotonic() + config.timeout
  local problems = {}
  for _, module in ipairs(config.modules) do
    local result, message = scrape(target, module, deadline)
    if not result then
      problems[#problems + 1] = module .. ": " .. message
      log.warn("module failed", { module = module, error = message })
    elseif result.dropped > 0 then
      log.warn("samples left out", { module = module, samples = result.dropped, first = result.first_dropped })
    end
  end
  if #problems > 0 and (config.strict or #problems == #config.modules) then
    error(table.concat(problems, "; "), 0)
  end
end
