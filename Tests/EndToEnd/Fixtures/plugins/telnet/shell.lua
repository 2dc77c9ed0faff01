-- Gives some commands to a telnet server that asks for a user name and has a prompt of its own.

plugin {
  help = "Commands at a telnet server.",
  targets = "required",
  settings = {
    username = { type = "string", default = "" },
    password = { type = "secret" },
    prompt = { type = "string", default = "" },
  },
  needs = { ports = { 23 } },
}

local lines = gauge("shell_lines", "Lines of the answer.", { "command" })
local bytes = gauge("shell_bytes", "Length of the answer.", { "command" })
local said = info("shell_said_info", "Labels and values that were answered.", { "label", "value" })
local banner = gauge("shell_banner_lines", "Lines between login and prompt.")

local COMMANDS = { "nothing", "lines 1", "lines 3000", "terminal", "name", "unknown" }

function collect(target)
  local settings = target.settings
  local session = assert(telnet.open(target.address, {
    username = settings.username,
    password = settings.password,
    prompt = settings.prompt,
    timeout = 5,
  }))
  banner(select(2, session.banner:gsub("\n", "")))
  for _, command in ipairs(COMMANDS) do
    local answer = assert(session:command(command))
    local count = 0
    for line in text.lines(answer) do
      count = count + 1
      local label, value = line:match("^(%S+): (.*)$")
      if label then
        said(true, label, value)
      end
    end
    lines(count, command)
    bytes(#answer, command)
  end
  session:close()
end
