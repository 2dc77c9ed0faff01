local settings = plugin {
  help     = "Fails with its password in the message.",
  settings = { password = { type = "secret", default = "", help = "Of the device." } },
}

function collect()
  log.warn("trying " .. tostring(settings.password))
  error("login refused for password " .. tostring(settings.password))
end
